"""Every trade, every change of a quote and of its middle, in order: the tape of an instrument.

A function of seed and time, at quarters of a second like all prices. `Moments` are counted from the epoch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import nextafter
from typing import NamedTuple

from twssim.listing import Listing
from twssim.market import sizes
from twssim.noise import randoms

PER_SECOND = 4
_CUTS = (3600 * PER_SECOND, 60 * PER_SECOND, 1)
_EXTRA = 201
ODD_LOT = "I"


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade; `unreported` ones are no part of the volume. Time in epoch seconds."""

    time: int
    price: Decimal
    size: Decimal
    exchange: str
    unreported: bool = False
    conditions: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """A new best bid and ask, or new sizes of them; the flags compare with the session's low and high."""

    time: int
    bid: Decimal
    ask: Decimal
    bid_size: Decimal
    ask_size: Decimal
    bid_past_low: bool
    ask_past_high: bool


@dataclass(frozen=True, slots=True)
class Middle:
    """A new midpoint."""

    time: int
    price: Decimal


Tick = Trade | Spread | Middle


class Reel(NamedTuple):
    """Moments of one session, first and last included; `opened` is where the session began, in seconds."""

    opened: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Tape:
    """One kind of ticks ("Last", "AllLast", "BidAsk", "MidPoint"); without sizes only prices count as changes."""

    listing: Listing
    kind: str
    with_sizes: bool = True

    def ticks(self, reel: Reel) -> Iterator[Tick]:
        """What happened in these moments, oldest first."""
        return self._cut(reel, 0)

    def backwards(self, reel: Reel) -> Iterator[Tick]:
        """The same, latest first."""
        size = _CUTS[1]
        for start in range(reel.last // size * size, reel.first - 1, -size):
            yield from reversed(list(self._cut(_part(reel, start, size), 1)))
        if reel.first % size:
            whole = reel.first // size * size
            yield from reversed(list(self._cut(_part(reel, whole, size), 1)))

    def _cut(self, reel: Reel, level: int) -> Iterator[Tick]:
        """Look closer only where something happens."""
        size = _CUTS[level]
        for start in range(reel.first // size * size, reel.last + 1, size):
            part = _part(reel, start, size)
            if size == 1:
                yield from self._at(reel.opened, start)
            elif not self._is_quiet(part):
                yield from self._cut(part, level + 1)

    def _is_quiet(self, reel: Reel) -> bool:
        if self.kind in ("Last", "AllLast"):
            return not self.listing.volume.traded(reel.first / PER_SECOND, reel.last / PER_SECOND)
        if self.kind == "BidAsk" and self.with_sizes:
            return False
        cell = self.listing.path.span((reel.first - 1) / PER_SECOND, _end(reel.last))
        grid = self.listing.grid
        return grid.bid(cell.low) == grid.bid(cell.high)

    def _at(self, opened: float, moment: int) -> Iterator[Tick]:
        if self.kind in ("Last", "AllLast"):
            return self._trades(moment)
        return self._spread(opened, moment) if self.kind == "BidAsk" else self._middle(moment)

    def _trades(self, moment: int) -> Iterator[Tick]:
        listing, seconds = self.listing, moment / PER_SECOND
        volume = listing.volume.traded(seconds, seconds)
        if not volume:
            return
        price = listing.grid.price(listing.grid.last(listing.path.span(seconds, seconds).close))
        where, extra = randoms(listing.key, _EXTRA, moment, 2)
        exchanges = [name for name in listing.instrument.valid_exchanges.split(",") if name != "SMART"]
        yield Trade(moment // PER_SECOND, price, Decimal(volume), exchanges[where % len(exchanges)])
        if self.kind == "AllLast" and extra % 8 == 0:
            yield Trade(moment // PER_SECOND, price, Decimal(1 + extra % 99), "FINRA", True, ODD_LOT)

    def _spread(self, opened: float, moment: int) -> Iterator[Tick]:
        listing, seconds = self.listing, moment / PER_SECOND
        grid, before = listing.grid, (moment - 1) / PER_SECOND
        day = listing.path.span(min(opened, seconds), seconds)
        bid = grid.bid(day.close)
        if not self.with_sizes and grid.bid(listing.path.span(before, before).close) == bid:
            return
        bid_size, ask_size, _ = sizes(listing, seconds)
        ask = grid.ask(day.close)
        yield Spread(
            time=moment // PER_SECOND,
            bid=grid.price(bid),
            ask=grid.price(ask),
            bid_size=bid_size,
            ask_size=ask_size,
            bid_past_low=bid < grid.last(day.low),
            ask_past_high=ask > grid.last(day.high),
        )

    def _middle(self, moment: int) -> Iterator[Tick]:
        grid, path = self.listing.grid, self.listing.path
        before, now = ((moment - number) / PER_SECOND for number in (1, 0))
        bid = grid.bid(path.span(now, now).close)
        if bid != grid.bid(path.span(before, before).close):
            yield Middle(moment // PER_SECOND, grid.price(2 * bid + grid.spread) / 2)


def _part(reel: Reel, start: int, size: int) -> Reel:
    return Reel(reel.opened, max(reel.first, start), min(reel.last, start + size - 1))


def _end(moment: int) -> float:
    return nextafter((moment + 1) / PER_SECOND, 0)
