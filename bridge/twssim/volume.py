"""Traded volume with random access, in whole units, exactly additive over any stretches."""

from functools import lru_cache
from itertools import accumulate
from math import floor

from twssim.noise import randoms

_TICKS = 4  # moments per second
_DAY = 86_400 * _TICKS
_PARTS = (96, 60, 60)
"""A day is cut into quarters of an hour, these into 15 seconds, these into moments."""
_SIZES = (3600, 60, 1)
"""Moments in one such part."""


class Volume:
    """The volume of one instrument; a UTC day trades 0.6 to 1.4 times `daily`."""

    def __init__(self, key: bytes, daily: int) -> None:
        """`daily` 0 means that no volume is reported for this instrument."""
        self._key = key
        self._daily = daily
        self._day = lru_cache(maxsize=4096)(self._draw_day)
        self._shares = lru_cache(maxsize=4096)(self._draw_shares)

    def traded(self, start: float, end: float) -> int:
        """Volume from `start` to `end`, both moments (quarters of a second) included."""
        if not self._daily:
            return 0
        first, last = floor(start * _TICKS), floor(end * _TICKS) + 1
        days = range(first // _DAY, last // _DAY)
        return sum(map(self._day, days)) + self._until(last) - self._until(first)

    def _until(self, moment: int) -> int:
        """Volume of the UTC day before this moment, moments counted from the epoch."""
        day, rest = divmod(moment, _DAY)
        return self._before(0, day, self._day(day), rest)

    def _before(self, level: int, index: int, volume: int, moments: int) -> int:
        """How much of a cell's volume trades in its first moments."""
        if not moments or level == len(_PARTS):
            return 0
        shares, size = self._shares(level, index), _SIZES[level]
        number, rest = divmod(moments, size)
        before = volume * shares[number] // shares[-1]
        part = volume * shares[number + 1] // shares[-1] - before if rest else 0
        return before + self._before(level + 1, index * _PARTS[level] + number, part, rest)

    def _draw_day(self, day: int) -> int:
        (busy,) = randoms(self._key, -1, day, 1)
        return self._daily * (6 * 65536 + 8 * busy) // (10 * 65536)

    def _draw_shares(self, level: int, index: int) -> list[int]:
        """Shares of a cell's volume before each of its parts; in half of the moments none trades."""
        numbers = randoms(self._key, level, index, _PARTS[level])
        quiet = 32768 if level == len(_PARTS) - 1 else 0
        return [0, *accumulate(number - quiet if number > quiet else 1 for number in numbers)]
