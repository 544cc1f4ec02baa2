from __future__ import annotations

from decimal import Decimal

from twsbridge.order_book import BookMaker, Level, OrderBook
from twsbridge.protocol.stream_rows import DepthChange

ASK = DepthChange(0, 0, 0, 10.0, "5", "ARCA")
BID = DepthChange(0, 0, 1, 9.0, "2.5")


def test_every_frame_makes_a_whole_book() -> None:
    maker = BookMaker()
    assert maker.take([ASK, BID], False) == [OrderBook([Level(9.0, Decimal("2.5"))], [Level(10.0, Decimal(5), "ARCA")])]
    assert maker.take([BID._replace(operation=2)], False) == [OrderBook([], [Level(10.0, Decimal(5), "ARCA")])]
    assert maker.take([BID], True) == [OrderBook([Level(9.0, Decimal("2.5"))], [])]
