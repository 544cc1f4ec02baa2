from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.rig import BUY, CONTRACT, OrderRig, fill
from twsbridge.protocol.models import Order
from twsbridge_server.core.inputs import CompletedOrder
from twsbridge_server.core.order_changes import (
    after_completion,
    after_fill,
    as_shown,
    end_of_one_not_open,
    has_taken,
    known,
    may_become,
)
from twsbridge_server.core.order_record import OrderRecord


def record(status: str = "Submitted", filled: int = 0) -> OrderRecord:
    rig = OrderRig()
    rig.place()
    made = rig.orders.by_order_id(1)
    assert made is not None
    made.state = made.state.model_copy(update={"status": status, "filled": Decimal(filled)})
    return made


def completed(status: str, filled: int = 0) -> CompletedOrder:
    return CompletedOrder(901, CONTRACT, BUY, "", status, Decimal(filled), "said so")


@pytest.mark.parametrize(
    ("now", "said", "allowed"),
    [
        ("Submitted", "", False),
        ("Submitted", "Inactive", True),
        ("Rejected", "Inactive", False),
        ("Rejected", "Submitted", True),
        ("NOT_FOUND", "Submitted", True),
        ("Cancelled", "Submitted", False),
        ("Cancelled", "Filled", True),
        ("Filled", "Cancelled", False),
        ("Filled", "Filled", True),
    ],
)
def test_what_may_follow(now: str, said: str, allowed: bool) -> None:
    assert may_become(record(now), said) is allowed


def test_a_fill_of_everything_ends_the_order_unless_more_is_being_asked_for() -> None:
    order = record()
    assert after_fill(order, fill())["status"] == "Filled"
    order.change = BUY.model_copy(update={"quantity": Decimal(6)})
    assert "status" not in after_fill(order, fill())
    order.change = BUY.model_copy(update={"quantity": Decimal(4)})
    assert after_fill(order, fill())["status"] == "Filled"


@pytest.mark.parametrize(
    ("said", "filled", "status"),
    [("Filled", 5, "Filled"), ("Cancelled", 2, "Cancelled"), ("Inactive", 0, "Rejected"), ("Inactive", 1, "Cancelled")],
)
def test_what_a_completed_order_settles(said: str, filled: int, status: str) -> None:
    changes = after_completion(record(), completed(said, filled))
    assert (changes["status"], changes["filled"]) == (status, filled)


def test_a_completed_order_that_is_not_over_or_known_settles_nothing() -> None:
    assert after_completion(record(), completed("Submitted")) == {}
    assert after_completion(record("Filled", 5), completed("Filled", 5)) == {}


def test_how_an_order_ended_that_is_not_open() -> None:
    doubtful = record()
    doubtful.doubtful_cancel = True
    assert end_of_one_not_open(doubtful) == "Cancelled"
    assert end_of_one_not_open(record(filled=5)) == "Filled"
    assert end_of_one_not_open(record(filled=4)) is None


def test_a_change_is_taken_when_size_and_prices_are_shown() -> None:
    assert has_taken(BUY, BUY.model_copy(update={"tif": "GTC"}))
    assert not has_taken(BUY, BUY.model_copy(update={"limit_price": 1.0}))
    assert known(one=1, none=None) == {"one": 1}


def test_attributes_stay_as_meant_and_terms_are_as_shown() -> None:
    meant = Order(action="BUY", quantity=Decimal(5), order_type="TRAIL", stop_price=1.0, account="DU1234567")
    meant = meant.model_copy(update={"oca_group": "pair"})
    shown = meant.model_copy(
        update={"account": "", "quantity": Decimal(4), "trail_stop_price": 99.0, "oca_group": "", "oca_type": 3}
    )
    order = as_shown(meant, shown)
    assert (order.quantity, order.trail_stop_price, order.account) == (Decimal(4), 99.0, "DU1234567")
    assert (order.oca_group, order.oca_type) == ("pair", 0)
