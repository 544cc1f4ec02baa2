"""Simulated time and what is due when. Nothing here looks at a clock."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True, slots=True)
class Timer:
    """One thing to do at a moment; `cancel()` makes it never happen."""

    due: float
    number: int
    action: Callable[[], None] | None = field(compare=False)

    def cancel(self) -> None:
        """Forget the action; harmless when it has already run."""
        self.action = None


class Scheduler:
    """Holds the current simulated time (epoch seconds UTC) and runs timers in order of time."""

    def __init__(self, now: float) -> None:
        """Start at `now` with nothing to do."""
        self.now = now
        self._timers: list[Timer] = []
        self._numbers = itertools.count()

    def after(self, delay: float, action: Callable[[], None]) -> Timer:
        """Run `action` `delay` seconds from now."""
        timer = Timer(self.now + max(delay, 0.0), next(self._numbers), action)
        heapq.heappush(self._timers, timer)
        return timer

    def every(self, interval: float, action: Callable[[], bool]) -> None:
        """Run `action` again and again until it returns False; the first time after `interval`."""

        def again() -> None:
            if action():
                self.after(interval, again)

        self.after(interval, again)

    def advance(self, now: float) -> None:
        """Run everything that is due until `now`, each action at its own moment."""
        while self._timers and self._timers[0].due <= now:
            timer = heapq.heappop(self._timers)
            self.now = max(self.now, timer.due)
            if timer.action is not None:
                timer.action()
        self.now = max(self.now, now)

    def next_due(self) -> float | None:
        """When the next action is due, None when there is nothing to do."""
        while self._timers and self._timers[0].action is None:
            heapq.heappop(self._timers)
        return self._timers[0].due if self._timers else None
