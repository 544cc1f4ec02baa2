"""Instants: integer microseconds UTC on the wire, aware datetimes for people."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, time, timedelta
from time import monotonic_ns

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_datetime(us: int) -> datetime:
    """The instant as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=us)


def to_micros(instant: datetime) -> int:
    """Microseconds UTC; a datetime without a zone is taken as this machine's local time."""
    return (instant.astimezone(UTC) - _EPOCH) // _MICROSECOND


def start_of_today() -> int:
    """The last midnight of this machine's local time, in microseconds UTC."""
    return to_micros(datetime.combine(datetime.now().date(), time.min))


def steady_us() -> int:
    """Microseconds since some instant: unmoved by the wall clock; sleep of the machine counts where that is known."""
    if sys.platform == "linux":
        from time import CLOCK_BOOTTIME, clock_gettime_ns

        return clock_gettime_ns(CLOCK_BOOTTIME) // 1000
    return monotonic_ns() // 1000


def clock(us: int) -> str:
    """HH:MM:SS in local time, for lines that people read."""
    return to_datetime(us).astimezone().strftime("%H:%M:%S")
