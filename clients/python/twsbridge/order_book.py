"""The order book as a stream of whole books, made of the steps by which it changes."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from twsbridge.protocol.book import BookState
from twsbridge.protocol.stream_rows import DepthChange, StreamRow

ASK, BID = 0, 1


class Level(NamedTuple):
    """One row of a book; `market_maker` is empty where TWS names none, an exchange in a book of all exchanges."""

    price: float
    size: Decimal
    market_maker: str = ""


class OrderBook(NamedTuple):
    """Both sides, best first."""

    bids: list[Level]
    asks: list[Level]


class BookMaker:
    """Turns the frames of a book's topic into books."""

    def __init__(self) -> None:
        self._state = BookState()

    def take(self, rows: list[StreamRow], is_image: bool) -> list[OrderBook]:
        """The book after these rows; an image takes the place of all before."""
        if is_image:
            self._state.clear()
        self._state.take(tuple(rows), is_image)
        return [OrderBook(self._side(BID), self._side(ASK))]

    def _side(self, side: int) -> list[Level]:
        found = [row for row in self._state.image() if isinstance(row, DepthChange) and row.side == side]
        return [Level(row.price, Decimal(row.size), row.market_maker) for row in found]
