"""Sets of instants as spans [start, end): what is known, and what is missing of what somebody wants."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

Span = tuple[int, int]


class Spans:
    """Disjoint spans in order; neighbours are one."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, start: int, end: int) -> None:
        """What lies in [start, end) is known too."""
        if start >= end:
            return
        first, last = bisect_left(self._ends, start), bisect_right(self._starts, end)
        if first < last:
            start, end = min(start, self._starts[first]), max(end, self._ends[last - 1])
        self._starts[first:last], self._ends[first:last] = [start], [end]

    def missing(self, start: int, end: int) -> list[Span]:
        """The spans of [start, end) that are not known, oldest first."""
        found = []
        for known in range(bisect_right(self._ends, start), len(self._starts)):
            if self._starts[known] >= end:
                break
            if start < self._starts[known]:
                found.append((start, self._starts[known]))
            start = self._ends[known]
        if start < end:
            found.append((start, end))
        return found
