"""Prices as functions of time with random access: any moment, any stretch, in any order.

A path is drawn from the top down. A random walk gives the price at each midnight UTC, each day
gets a high and a low, and a cell is cut into smaller ones (day, hour, quarter, minute, 5 seconds,
second) only where somebody looks. The four quarters of a second are its open, its high and low in
either order, and its close; nothing happens in between. So all stretches agree exactly.
"""

from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from math import floor, inf, nextafter, sqrt
from typing import Protocol

from twssim.cell import WICK, Cell, merge, split
from twssim.noise import bell, bridge, randoms

DAY = 86_400
_YEAR_DAYS = 365.0
_TICKS = 4  # moments per second
_SIZES = tuple(seconds * _TICKS for seconds in (DAY, 3600, 900, 60, 5, 1)) + (1,)
_BLOCK = 1024  # days that are drawn at once
_CELLS_KEPT = 4096


class Path(Protocol):
    """A price as a function of epoch seconds."""

    def span(self, start: float, end: float) -> Cell:
        """What the price did from `start` to `end`, both moments included."""


class Walk:
    """A logarithmic price at each midnight UTC, 0 on average; volatility as a yearly fraction."""

    def __init__(self, key: bytes, volatility: float) -> None:
        """Draw nothing yet."""
        self._key = key
        self._step = volatility / sqrt(_YEAR_DAYS)
        self._block = lru_cache(maxsize=64)(self._draw_block)

    def level(self, day: int) -> float:
        """The value at the start of this day, counted from the epoch."""
        block, number = divmod(day, _BLOCK)
        return self._block(block)[number]

    def _draw_block(self, block: int) -> list[float]:
        numbers = randoms(self._key, -1, block, 2 * _BLOCK)
        steps = [bell(*pair) * self._step for pair in zip(numbers[::2], numbers[1::2], strict=True)]
        return bridge(self._edge(block), self._edge(block + 1), steps)

    def _edge(self, block: int) -> float:
        """Independent of its neighbours, so that no price ever strays far from its start."""
        return bell(*randoms(self._key, -2, block, 2)) * self._step * sqrt(_BLOCK / 2)


class RandomPath:
    """A price of its own: the day's levels from outside, everything within a day from noise."""

    def __init__(self, key: bytes, volatility: float, midnight: Callable[[int], float]) -> None:
        """`midnight(day)` is the price at the start of a day counted from the epoch."""
        self._key = key
        self._volatility = volatility
        self._midnight = midnight
        self._parts = lru_cache(maxsize=_CELLS_KEPT)(self._draw_parts)
        self._day = lru_cache(maxsize=_CELLS_KEPT)(self._draw_day)

    def span(self, start: float, end: float) -> Cell:
        """See Path."""
        first, last = floor(start * _TICKS), floor(end * _TICKS)
        days = range(first // _SIZES[0], last // _SIZES[0] + 1)
        return merge([self._cover(0, day, self._day(day), (first, last)) for day in days])

    def _cover(self, level: int, index: int, cell: Cell, asked: tuple[int, int]) -> Cell:
        """The part of one cell that was asked for."""
        size, part = _SIZES[level], _SIZES[level + 1]
        first, last = max(asked[0], index * size), min(asked[1], (index + 1) * size - 1)
        if last - first + 1 == size:
            return cell
        parts = self._parts(level, index)
        base = index * (size // part)
        left, right = first // part - base, last // part - base
        if part == 1:
            return merge(parts[left : right + 1])
        covered = parts[left : right + 1]
        covered[0] = self._cover(level + 1, base + left, covered[0], asked)
        if right > left:
            covered[-1] = self._cover(level + 1, base + right, covered[-1], asked)
        return merge(covered)

    def _draw_day(self, day: int) -> Cell:
        opened, closed = self._midnight(day), self._midnight(day + 1)
        reach = WICK * self._volatility / sqrt(_YEAR_DAYS) / 65536
        up, down = randoms(self._key, 0, day, 2)
        high = max(opened, closed) * (1 + reach * up)
        return Cell(opened, high, min(opened, closed) * (1 - reach * down), closed)

    def _cell(self, level: int, index: int) -> Cell:
        if level == 0:
            return self._day(index)
        above, number = divmod(index, _SIZES[level - 1] // _SIZES[level])
        return self._parts(level - 1, above)[number]

    def _draw_parts(self, level: int, index: int) -> list[Cell]:
        cell, part = self._cell(level, index), _SIZES[level + 1]
        if part == 1:
            return _moments(cell, randoms(self._key, level + 1, index, 1)[0])
        count = _SIZES[level] // part
        step = cell.open * self._volatility * sqrt(part / (_YEAR_DAYS * _SIZES[0]))
        return split(cell, count, step, randoms(self._key, level + 1, index, 4 * count))


def _moments(cell: Cell, number: int) -> list[Cell]:
    """The four prices within a second: high before low or low before high."""
    middle = (cell.high, cell.low) if number % 2 else (cell.low, cell.high)
    return [Cell(price, price, price, price) for price in (cell.open, *middle, cell.close)]


class FollowingPath:
    """A price computed from another one; `price(day, other)` is monotone in the other price."""

    def __init__(self, other: Path, price: Callable[[int, float], float]) -> None:
        """The rule may change from one UTC day to the next, never within a day."""
        self._other = other
        self._price = price

    def span(self, start: float, end: float) -> Cell:
        """See Path."""
        first, last = floor(start // DAY), floor(end // DAY)
        return merge([self._within(day, start, end) for day in range(first, last + 1)])

    def _within(self, day: int, start: float, end: float) -> Cell:
        start, end = max(start, day * DAY), min(end, nextafter((day + 1) * DAY, 0))
        opened, high, low, closed = (self._price(day, value) for value in self._other.span(start, end))
        return Cell(opened, max(high, low), min(high, low), closed)


class ShiftedPath:
    """A price that is multiplied by a factor from given moments on."""

    def __init__(self, base: Path) -> None:
        """Without any shift it is the base."""
        self._base = base
        self._times: list[float] = []
        self._factors: list[float] = [1.0]

    def shift(self, factor: float, now: float) -> None:
        """Multiply the price by `factor` from `now` on."""
        number = bisect_right(self._times, now)
        self._times.insert(number, now)
        later = [each * factor for each in self._factors[number:]]
        self._factors[number + 1 :] = later

    def span(self, start: float, end: float) -> Cell:
        """See Path."""
        if not self._times:
            return self._base.span(start, end)
        first, last = bisect_right(self._times, start), bisect_right(self._times, end)
        edges = [start, *self._times[first:last], nextafter(end, inf)]
        pieces = zip(self._factors[first : last + 1], pairwise(edges), strict=True)
        return merge([self._scaled(factor, one, nextafter(two, -inf)) for factor, (one, two) in pieces])

    def _scaled(self, factor: float, start: float, end: float) -> Cell:
        return Cell(*(value * factor for value in self._base.span(start, end)))
