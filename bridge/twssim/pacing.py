"""Counts what a login asks for, where TWS allows only so much of it in ten minutes."""

from __future__ import annotations

from collections import deque

from twssim.scheduler import Scheduler

WINDOW = 600.0
"""Seconds."""


class Pacing:
    """Requests of the last ten minutes by what they are for."""

    def __init__(self, scheduler: Scheduler) -> None:
        """Nothing has been asked yet."""
        self._scheduler = scheduler
        self._asked: dict[str, deque[float]] = {}

    def allows(self, what: str, most: int) -> bool:
        """Whether one more request is within the limit; it counts if it is."""
        times, now = self._asked.setdefault(what, deque()), self._scheduler.now
        while times and times[0] <= now - WINDOW:
            times.popleft()
        if len(times) >= most:
            return False
        times.append(now)
        return True
