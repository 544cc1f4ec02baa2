"""The bridge's time: wall clock at start, steady afterwards.

A clock set back or forward while the bridge runs changes nothing here: timers keep their distance and no event is older
than the one before it. Time that the machine slept is counted where the system can tell (Linux and macOS can).
"""

from __future__ import annotations

import time
from collections.abc import Callable

_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def steady_ns() -> int:
    """Nanoseconds since some fixed instant."""
    return time.clock_gettime_ns(_STEADY)


class Clock:
    """Microseconds since the epoch, UTC, that never run backwards."""

    def __init__(self, wall_ns: Callable[[], int] = time.time_ns, steady: Callable[[], int] = steady_ns) -> None:
        self._steady = steady
        self._offset_ns = wall_ns() - steady()

    def now_us(self) -> int:
        """The present instant."""
        return (self._steady() + self._offset_ns) // 1000
