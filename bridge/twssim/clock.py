"""Simulated time as a function of real time, and the ways TWS writes a moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import inf
from zoneinfo import ZoneInfo

HOST_ZONE = ZoneInfo("Europe/London")
HOST_ZONE_NAME = "GMT Standard Time"
"""TWS prints the zone name of its host, which on Windows has spaces and is no IANA name."""

UNUSUAL_ZONES = {"JST": "Asia/Tokyo"}
"""Names that TWS uses and the IANA database does not know."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Simulated time runs `speed` times as fast as real time, from `start` on; at speed 0 it stands still."""

    start: float
    speed: float
    real_start: float

    def ahead(self, seconds: float) -> Clock:
        """The same clock put forward by so many simulated seconds."""
        return replace(self, start=self.start + seconds)

    def simulated(self, real: float) -> float:
        """The simulated moment at a real one (both in seconds)."""
        return self.start + (real - self.real_start) * self.speed

    def real(self, simulated: float) -> float:
        """The real moment at which simulated time will be `simulated`, never while it stands still."""
        if not self.speed:
            return inf
        return self.real_start + (simulated - self.start) / self.speed


def zone(name: str) -> ZoneInfo:
    """The zone behind a name as TWS uses it."""
    return ZoneInfo(UNUSUAL_ZONES.get(name, name))


def stamp(now: float, zone_name: str) -> str:
    """20260413 15:27:04 US/Eastern: the form of executions, bars and completed orders."""
    return f"{datetime.fromtimestamp(now, zone(zone_name)):%Y%m%d %H:%M:%S} {zone_name}"


def host_stamp(now: float) -> str:
    """The connection time of the hello frame, in the zone of TWS's host."""
    return f"{datetime.fromtimestamp(now, HOST_ZONE):%Y%m%d %H:%M:%S} {HOST_ZONE_NAME}"


def host_minute(now: float) -> str:
    """HH:MM as in updateAccountTime."""
    return f"{datetime.fromtimestamp(now, HOST_ZONE):%H:%M}"


def moment(written: str, default_zone: str) -> float:
    """Read an end time as clients write it; raises ValueError.

    `20260402 16:00:00 US/Eastern`, `20260402 16:00:00` (in the default zone),
    `20260402-16:00:00` (UTC, a Z may follow) and a plain date are understood.
    """
    written = written.strip()
    if "-" in written[:9]:
        return datetime.strptime(written.removesuffix("Z"), "%Y%m%d-%H:%M:%S").replace(tzinfo=UTC).timestamp()
    parts = written.split()
    layout = "%Y%m%d %H:%M:%S" if len(parts) > 1 else "%Y%m%d"
    naive = datetime.strptime(" ".join(parts[:2]), layout)
    try:
        where = zone(" ".join(parts[2:]) or default_zone)
    except (KeyError, OSError):
        raise ValueError(f"unknown time zone in '{written}'") from None
    return naive.replace(tzinfo=where).timestamp()
