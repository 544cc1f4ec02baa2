"""Is the bridge alive? Judged by its life signs alone. No input or output, no clock of its own."""

from __future__ import annotations

import random
from enum import Enum

MISSED_WHEN_SUSPECTED = 3
SILENT_WHEN_DEAD = 6


class Life(Enum):
    """What the silence so far means."""

    ALIVE = "alive"
    SUSPECTED = "suspected"
    DEAD = "dead"


class Liveness:
    """Counts missed beats; `beat_s` is the time between two of them. A reply is a sign of life, but not a beat."""

    def __init__(self, now: float, beat_s: float = 1.0) -> None:
        self.beat_s = beat_s
        self._last_beat = now
        self._last_sign = now

    def beat(self, now: float) -> None:
        """A heartbeat came."""
        self._last_beat = self._last_sign = now

    def sign(self, now: float) -> None:
        """Something else came."""
        self._last_sign = now

    def silence(self, now: float) -> float:
        """Seconds since anything came."""
        return now - self._last_sign

    def judge(self, now: float) -> Life:
        """Suspected after three missed beats, dead when for six beats nothing came at all."""
        if self.silence(now) > SILENT_WHEN_DEAD * self.beat_s:
            return Life.DEAD
        is_late = now - self._last_beat > MISSED_WHEN_SUSPECTED * self.beat_s
        return Life.SUSPECTED if is_late else Life.ALIVE


class BackOff:
    """Growing pauses between attempts, spread at random so that many clients do not come at once."""

    def __init__(self, first: float, most: float) -> None:
        self._first = first
        self._most = most
        self._pause = first

    def next(self) -> float:
        """Seconds to wait before the next attempt."""
        pause = self._pause
        self._pause = min(self._pause * 2, self._most)
        return pause * random.uniform(0.75, 1.25)

    def reset(self) -> None:
        """It worked: begin with the short pause again."""
        self._pause = self._first
