"""The levels of an order book around a quote, and the steps from one book to the next.

A function of seed and time like the quote: the best level is the quote, what lies behind it
belongs to its price and stays while the price stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor

from twssim.listing import Listing
from twssim.market import Quote
from twssim.noise import randoms

ASK, BID = 0, 1
INSERT, UPDATE, DELETE = 0, 1, 2
_LEVEL, _SIZE = 101, 102
_RENEWAL = (0.25, 0.5, 1.0, 2.0, 5.0)
"""How often, in seconds, the size at a price may change."""


@dataclass(frozen=True, slots=True)
class Level:
    """What one maker (empty where orders are anonymous) offers at one price."""

    price: Decimal
    size: Decimal
    maker: str


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one side: what to do at which position."""

    position: int
    operation: int
    level: Level


def levels(listing: Listing, quote: Quote, side: int, rows: int, makers: Sequence[str]) -> list[Level]:
    """The best `rows` levels of a side; fewer where the price would reach zero."""
    tick = listing.instrument.min_tick
    price, size = (quote.bid, quote.bid_size) if side == BID else (quote.ask, quote.ask_size)
    step = -tick if side == BID else tick
    found: list[Level] = []
    while len(found) < rows and price > 0:
        number = int(price / tick)
        (chosen, gap, second, _) = randoms(listing.key, _LEVEL, number, 4)
        maker = makers[chosen % len(makers)] if makers else ""
        found.append(Level(price, size, maker))
        if len(makers) > 1 and second % 3 == 0 and len(found) < rows:
            other = makers[(chosen + 1) % len(makers)]
            found.append(Level(price, _size(listing, quote.time, number, 1), other))
        price += step * (1 + (gap % 8 == 0))
        size = _size(listing, quote.time, int(price / tick), 0)
    return found


def _size(listing: Listing, now: float, number: int, which: int) -> Decimal:
    renewal = _RENEWAL[number % len(_RENEWAL)]
    (drawn,) = randoms(listing.key + bytes([which]), _SIZE + number, floor(now / renewal), 1)
    return Decimal(listing.instrument.behaviour.typical_size * (1 + drawn % 40))


def steps(before: list[Level], now: list[Level]) -> Iterator[Step]:
    """What turns one side of a book into another, place by place.

    Rows are only inserted and deleted at the end, so that clients which move the rows behind an
    insertion and clients which overwrite its place see the same book.
    """
    for position, level in enumerate(now):
        if position >= len(before):
            yield Step(position, INSERT, level)
        elif before[position] != level:
            yield Step(position, UPDATE, level)
    for position in range(len(before) - 1, len(now) - 1, -1):
        yield Step(position, DELETE, before[position])
