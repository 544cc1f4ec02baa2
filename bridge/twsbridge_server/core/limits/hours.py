"""When orders may be sent: a span of the day on the clock of a zone, on some days of the week."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOW = "write 'Mon-Fri 09:30-16:00 America/New_York'"


class Hours(NamedTuple):
    """A span that ends before it begins goes over midnight, and belongs to the day on which it begins."""

    days: tuple[int, ...]
    begin: time
    end: time
    zone: ZoneInfo

    def include(self, now: int) -> bool:
        """True when `now` (microseconds UTC) is within."""
        local = datetime.fromtimestamp(now / 1e6, UTC).astimezone(self.zone)
        today, clock = local.weekday(), local.time()
        if self.begin <= self.end:
            return today in self.days and self.begin <= clock < self.end
        yesterday = (today - 1) % len(DAYS)
        return (today in self.days and clock >= self.begin) or (yesterday in self.days and clock < self.end)


def parse_hours(text: str) -> Hours:
    """DAY-DAY HH:MM-HH:MM ZONE; raises ValueError with what to write instead."""
    try:
        days, span, zone = text.split()
        first, _, last = days.partition("-")
        begin, _, end = span.partition("-")
        start, count = DAYS.index(first), (DAYS.index(last or first) - DAYS.index(first)) % len(DAYS) + 1
        chosen = tuple((start + n) % len(DAYS) for n in range(count))
        return Hours(chosen, time.fromisoformat(begin), time.fromisoformat(end), ZoneInfo(zone))
    except (ValueError, KeyError, OSError):
        raise ValueError(f"hours: {HOW}") from None
