"""What is kept of a stream, here and at the bridge: its latest state, for whoever joins or wants only that."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Protocol

from twsbridge.protocol.stream_rows import StreamRow

Rows = tuple[StreamRow, ...]
KeyOf = Callable[[Any], Hashable]

SIZES = frozenset({0, 3, 5, 8, 69, 70, 71, 74})
"""Sizes and volumes, also delayed. TWS says each size twice, with its price and alone; a size is a state: a repeat
says nothing. A trade also moves the volume (8) and the time (45); times and prices are always passed on."""


class StreamState(Protocol):
    """The state of one stream."""

    def take(self, rows: Rows, whole: bool) -> Rows:
        """Keep these rows; returns those that say something new."""

    def image(self) -> Rows:
        """All that is known."""

    def clear(self) -> None:
        """What was known holds no more."""

    def newest(self, rows: Rows) -> dict[Hashable, StreamRow] | None:
        """The rows by what they replace, or None where only the image stands for several of them."""


class QuoteState:
    """The last value of every tick type. On the hot path."""

    def __init__(self) -> None:
        self._last: dict[int, Any] = {}

    def take(self, rows: Rows, whole: bool) -> Rows:
        """Leave out the sizes that TWS says twice."""
        last = self._last
        news = []
        for tick in rows:
            tick_type: Any = tick[0]
            if tick_type in SIZES and last.get(tick_type) == tick:
                continue
            last[tick_type] = tick
            news.append(tick)
        return tuple(news)

    def image(self) -> Rows:
        """One tick of every type."""
        return tuple(self._last.values())

    def clear(self) -> None:
        """Nothing is known any more."""
        self._last.clear()

    def newest(self, rows: Rows) -> dict[Hashable, StreamRow]:
        """The last tick of each type."""
        return {tick[0]: tick for tick in rows}


class LatestState:
    """The last row of each key; at most `most` of them, the oldest go first. `once`: an equal repeat is no news."""

    def __init__(self, key: KeyOf, most: int = 10_000, once: bool = True) -> None:
        self._key = key
        self._most = most
        self._once = once
        self._rows: dict[Hashable, StreamRow] = {}

    def take(self, rows: Rows, whole: bool) -> Rows:
        """Keep these; with `whole` nothing else."""
        known = {} if whole else self._rows
        news = tuple(row for row in rows if not (self._once and self._rows.get(self._key(row)) == row))
        known.update((self._key(row), row) for row in rows)
        self._rows = known
        while len(known) > self._most:
            del known[next(iter(known))]
        return news

    def image(self) -> Rows:
        """All rows, in the order in which their keys came first."""
        return tuple(self._rows.values())

    def clear(self) -> None:
        """Nothing is known any more."""
        self._rows = {}

    def newest(self, rows: Rows) -> dict[Hashable, StreamRow]:
        """The last row of each key."""
        return {self._key(row): row for row in rows}


class ListState:
    """The rows of the last whole answer; they are news together."""

    def __init__(self) -> None:
        self._rows: Rows = ()

    def take(self, rows: Rows, whole: bool) -> Rows:
        """The list of this moment takes the place of the one before."""
        self._rows = rows
        return rows

    def image(self) -> Rows:
        """The last list."""
        return self._rows

    def clear(self) -> None:
        """Nothing is known any more."""
        self._rows = ()

    def newest(self, rows: Rows) -> None:
        """Only a whole list means anything."""
        return None
