from __future__ import annotations

from decimal import Decimal

from tests.client.fake_bridge import ACCOUNT, FakeBridge
from twsbridge import Client, MarketOrder, Stock
from twsbridge.bookkeeping import _books
from twsbridge.protocol.books import Book, Books, ListBooks
from twsbridge.protocol.models import OrderState
from twsbridge.protocol.replies import OrderReply
from twsbridge.protocol.stream_rows import BookLine

BOOK = Book(
    account=ACCOUNT, owner="momentum", strategy="pairs", contract=Stock("AAPL"), position=Decimal(-10),
    realized_pnl=Decimal("12.5"), commissions={"USD": Decimal("1.05"), "EUR": Decimal(2)},
)  # fmt: skip


def test_books_are_rows_that_say_whether_the_rest_is_among_them(fake: FakeBridge, client: Client) -> None:
    fake.answers["books.list"] = lambda command: Books(rows=[BOOK], rest_known=False)
    told = client.books(ACCOUNT, "momentum")
    assert (list(told), told.rest_known) == ([BOOK], False)
    assert fake.received[-1] == ListBooks(account=ACCOUNT, owner="momentum")
    assert "1.05 USD, 2 EUR" in repr(told) and "pairs" in repr(told)


def test_rows_of_the_stream_are_books() -> None:
    wire = BOOK.wire()
    assert _books([BookLine(*(wire[name] for name in BookLine._fields))], True) == [BOOK]


def test_an_order_carries_its_strategy(fake: FakeBridge, client: Client) -> None:
    fake.answers["order.place"] = lambda command: OrderReply(order=OrderState(order_id=1))
    client.buy("AAPL", 1, strategy="pairs")
    assert fake.received[-1].strategy == "pairs"
    client.place("AAPL", MarketOrder("BUY", 1), "key", strategy="trend")
    assert fake.received[-1].strategy == "trend"
