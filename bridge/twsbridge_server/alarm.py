"""When the core wants to be woken."""

from __future__ import annotations

import heapq


class Alarm:
    """Instants in microseconds, each of which rings once; those that are due together ring together."""

    def __init__(self) -> None:
        self._instants: list[int] = []

    def set(self, at_us: int) -> None:
        """Ring at this instant too."""
        if at_us not in self._instants:
            heapq.heappush(self._instants, at_us)

    def rings(self, now_us: int) -> bool:
        """True when an instant has come; those that have are forgotten."""
        due = False
        while self._instants and self._instants[0] <= now_us:
            heapq.heappop(self._instants)
            due = True
        return due

    def milliseconds_left(self, now_us: int, longest: int) -> int:
        """How long to wait for the next instant, rounded up, at most `longest`."""
        if not self._instants:
            return longest
        return max(0, min(longest, -(-(self._instants[0] - now_us) // 1000)))
