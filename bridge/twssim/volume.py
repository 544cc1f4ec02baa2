"""Traded volume with random access, in whole units, exactly additive over any stretches."""

from functools import lru_cache
from itertools import accumulate
from math import floor

from .noise import randoms

_DAY, _MINUTE, _TICKS = 86_400, 60, 4
_MINUTES = _DAY // _MINUTE
_MOMENTS = _MINUTE * _TICKS


class Volume:
    """The volume of one instrument; a UTC day trades 0.6 to 1.4 times `daily`."""

    def __init__(self, key: bytes, daily: int) -> None:
        """`daily` 0 means that no volume is reported for this instrument."""
        self._key = key
        self._daily = daily
        self._day = lru_cache(maxsize=512)(self._draw_day)
        self._shares = lru_cache(maxsize=1024)(self._draw_minute)

    def traded(self, start: float, end: float) -> int:
        """Volume from `start` to `end`, both moments (quarters of a second) included."""
        if not self._daily:
            return 0
        first, last = floor(start * _TICKS), floor(end * _TICKS) + 1
        days = range(first // (_DAY * _TICKS), last // (_DAY * _TICKS))
        return sum(self._day(day)[-1] for day in days) + self._until(last) - self._until(first)

    def _until(self, moment: int) -> int:
        """Volume of the UTC day before this moment, moments counted from the epoch."""
        day, moment = divmod(moment, _DAY * _TICKS)
        minute, moment = divmod(moment, _MOMENTS)
        traded = self._day(day)
        if not moment:
            return traded[minute]
        shares = self._shares(day * _MINUTES + minute)
        return traded[minute] + (traded[minute + 1] - traded[minute]) * shares[moment] // shares[-1]

    def _draw_day(self, day: int) -> list[int]:
        """Volume of the day before each of its minutes."""
        busy, *weights = randoms(self._key, 0, day, _MINUTES + 1)
        total = self._daily * (6 * 65536 + 8 * busy) // (10 * 65536)
        summed = list(accumulate(weights, initial=0))
        return [total * each // summed[-1] for each in summed]

    def _draw_minute(self, minute: int) -> list[int]:
        """Shares of the minute's volume before each of its moments; about half of them trade."""
        numbers = randoms(self._key, 1, minute, _MOMENTS)
        return list(accumulate((max(0, number - 32768) for number in numbers), initial=0))
