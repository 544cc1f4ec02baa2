from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from twsbridge.protocol.models import Contract, Position
from twsbridge_server.core.holdings import Holdings

ACCOUNT = "DU1234567"


def row(size: int, con_id: int = 1, cost: float = 10.0, **more: Any) -> Position:
    contract = Contract(con_id=con_id, **more)
    return Position(account=ACCOUNT, contract=contract, position=Decimal(size), avg_cost=cost)


def test_only_size_and_cost_are_changes() -> None:
    holdings = Holdings()
    assert holdings.received(row(5))
    assert not holdings.received(row(5))
    assert not holdings.received(row(5, currency="USD"))
    assert holdings.received(row(5, cost=11.0))
    assert holdings.received(row(-5, cost=11.0))
    assert holdings.rows() == [row(-5, cost=11.0)]


def test_zero_closes_a_holding_once() -> None:
    holdings = Holdings()
    assert not holdings.received(row(0))
    holdings.received(row(5))
    assert holdings.received(row(0))
    assert not holdings.received(row(0))
    assert holdings.rows() == []


def test_contracts_without_an_id_are_told_apart() -> None:
    holdings = Holdings()
    assert holdings.received(row(5, con_id=0, symbol="A"))
    assert holdings.received(row(5, con_id=0, symbol="B"))
    assert len(holdings.rows()) == 2


def test_rows_of_one_account() -> None:
    holdings = Holdings()
    holdings.received(row(5))
    other = row(6).model_copy(update={"account": "DU7654321"})
    holdings.received(other)
    assert holdings.rows("DU7654321") == [other]
    assert len(holdings.rows()) == 2


def test_what_a_new_image_lacks_was_closed() -> None:
    holdings = Holdings()
    holdings.received(row(5, con_id=1))
    holdings.received(row(6, con_id=2))
    holdings.begin()
    assert not holdings.received(row(6, con_id=2))
    assert holdings.complete() == [row(0, con_id=1, cost=0.0)]
    assert holdings.rows() == [row(6, con_id=2)]
    assert holdings.complete() == []


ROWS = st.builds(row, st.integers(-1, 2), st.integers(1, 3), st.sampled_from([10.0, 11.0]))


@given(st.lists(st.lists(ROWS, max_size=8), max_size=6))
def test_a_reader_of_the_changes_knows_the_holdings(images: list[list[Position]]) -> None:
    holdings = Holdings()
    known: dict[int, Position] = {}
    for image in images:
        holdings.begin()
        changes = [each for each in image if holdings.received(each)] + holdings.complete()
        for change in changes:
            known[change.contract.con_id] = change
            if not change.position:
                del known[change.contract.con_id]
        assert {each.contract.con_id: each for each in holdings.rows()} == known
