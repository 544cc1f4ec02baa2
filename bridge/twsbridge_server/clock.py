"""The bridge's time: wall clock at start, steady afterwards.

A clock set back or forward while the bridge runs changes nothing here: timers keep their distance and no event is older
than the one before it. Time that the machine slept is counted where the system can tell (Linux and macOS can).
"""

from __future__ import annotations

import time
from collections.abc import Callable

_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_AWAKE = getattr(time, "CLOCK_UPTIME_RAW", time.CLOCK_MONOTONIC)

SLEEP_S = 5.0
"""A shorter sleep breaks no connection, and hides nothing that the keep-alive would not see."""


def steady_ns() -> int:
    """Nanoseconds since some fixed instant."""
    return time.clock_gettime_ns(_STEADY)


def awake_ns() -> int:
    """Nanoseconds since some fixed instant, without those that the machine slept."""
    return time.clock_gettime_ns(_AWAKE)


class Clock:
    """Microseconds since the epoch, UTC, that never run backwards."""

    def __init__(
        self,
        wall_ns: Callable[[], int] = time.time_ns,
        steady: Callable[[], int] = steady_ns,
        awake: Callable[[], int] = awake_ns,
    ) -> None:
        self._steady = steady
        self._awake = awake
        self._offset_ns = wall_ns() - steady()
        self._asleep_ns = steady() - awake()

    def now_us(self) -> int:
        """The present instant."""
        return (self._steady() + self._offset_ns) // 1000

    def slept_s(self) -> float:
        """Seconds that the machine slept since the last call; 0.0 for less than SLEEP_S, or where it cannot be told."""
        asleep_ns = self._steady() - self._awake()
        slept_s = (asleep_ns - self._asleep_ns) / 1e9
        self._asleep_ns = asleep_ns
        return slept_s if slept_s >= SLEEP_S else 0.0
