from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.rig import ACCOUNT, BUY, CONTRACT
from twsbridge.protocol.events import OrderChanged
from twsbridge.protocol.models import Position
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.reductions import only_reduce


def order(key: str, action: str, quantity: int, **state: object) -> OrderRecord:
    wanted = BUY.model_copy(update={"action": action, "quantity": Decimal(quantity), "account": ACCOUNT})
    fields = {"contract": CONTRACT, "order": wanted, "remaining": Decimal(quantity), "status": "Submitted", **state}
    return OrderRecord(key, OrderChanged(**fields))


def staying(position: int, *judged: OrderRecord, others: tuple[OrderRecord, ...] = ()) -> str:
    held = Position(account=ACCOUNT, contract=CONTRACT, position=Decimal(position))
    return "".join(sorted(only_reduce(judged, others, [held] if position else [])))


@pytest.mark.parametrize(
    ("position", "action", "quantity", "stays"),
    [
        (10, "SELL", 10, "a"), (10, "SELL", 11, ""), (10, "BUY", 1, ""), (0, "SELL", 1, ""),
        (-10, "BUY", 10, "a"), (-10, "BUY", 11, ""), (-10, "SELL", 1, ""), (0, "BUY", 1, ""), (10, "SELL", 0, ""),
    ],
)  # fmt: skip
def test_one_order(position: int, action: str, quantity: int, stays: str) -> None:
    assert staying(position, order("a", action, quantity)) == stays


def test_orders_are_taken_together() -> None:
    a, b, c = order("a", "SELL", 6), order("b", "SELL", 5), order("c", "SELL", 4)
    assert staying(10, a, b, c) == "ac"


def test_of_orders_that_exclude_each_other_the_largest_counts() -> None:
    target, stop = order("a", "SELL", 10, parent_id=7), order("b", "SELL", 10, parent_id=7)
    one, two = order("c", "SELL", 5, oca_group="g"), order("d", "SELL", 4, oca_group="g")
    assert staying(10, target, stop) == "ab"
    assert staying(15, target, stop, one, two) == "abcd"
    assert staying(14, target, stop, one, two) == "ab"


def test_orders_of_others_fill_first() -> None:
    assert staying(10, order("a", "SELL", 5), others=(order("x", "SELL", 6),)) == ""
    assert staying(10, order("a", "SELL", 5), others=(order("x", "SELL", 5), order("y", "BUY", 9))) == "a"
    assert staying(10, order("a", "SELL", 5), others=(order("x", "SELL", 6, status="Filled"),)) == "a"
    assert staying(10, order("a", "SELL", 5), others=(order("x", "SELL", 60),)) == ""


def test_only_what_is_left_of_an_order_counts() -> None:
    assert staying(4, order("a", "SELL", 10, remaining=Decimal(4), filled=Decimal(6))) == "a"


def test_another_account_and_another_contract_are_other_places() -> None:
    elsewhere = order("b", "SELL", 1, contract=CONTRACT.model_copy(update={"con_id": 5}))
    unknown = order("c", "SELL", 1, contract=CONTRACT.model_copy(update={"con_id": 0}))
    far = order("d", "SELL", 1, order=BUY.model_copy(update={"action": "SELL", "account": "DU7"}))
    assert staying(10, elsewhere, unknown, far) == ""
