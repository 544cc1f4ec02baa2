from __future__ import annotations

from tests.protocol.test_commands import PLACE, refused
from twsbridge.protocol.books import Book
from twsbridge.protocol.models import Contract


def test_the_name_of_a_strategy_is_bounded_and_printable() -> None:
    assert refused("order.place", {**PLACE, "strategy": "x" * 33}).code == "req.invalid"
    assert refused("order.place", {**PLACE, "strategy": "a b"}).code == "req.invalid"
    assert refused("books.list", {"owner": "x" * 33}).code == "req.invalid"


def test_of_the_rest_only_the_size_is_known() -> None:
    rest = Book(account="DU1234567", owner=None, contract=Contract(con_id=1), position="-0.5").wire()
    assert (rest["owner"], rest["position"], rest["avg_cost"], rest["realized_pnl"]) == (None, "-0.5", None, None)
