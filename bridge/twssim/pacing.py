"""Counts what a login asks for, where TWS allows only so much of it in a time, mostly ten minutes."""

from __future__ import annotations

from collections import deque

from twssim.scheduler import Scheduler

WINDOW = 600.0
"""Seconds."""


class Pacing:
    """Requests by what they are for, as long as they count."""

    def __init__(self, scheduler: Scheduler) -> None:
        """Nothing has been asked yet."""
        self._scheduler = scheduler
        self._asked: dict[str, deque[float]] = {}

    def allows(self, what: str, most: int, seconds: float = WINDOW) -> bool:
        """Whether one more request is within the limit of so many seconds; it counts if it is."""
        times, now = self._asked.setdefault(what, deque()), self._scheduler.now
        while times and times[0] <= now - seconds:
            times.popleft()
        if len(times) >= most:
            return False
        times.append(now)
        return True
