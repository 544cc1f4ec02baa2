from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from pydantic_core import PydanticCustomError

from tests.protocol.strategies import orders
from twsbridge.protocol.order import Order
from twsbridge.protocol.order_checks import ORDER_TYPES, check_order


@given(orders())
def test_what_an_order_type_may_have_passes(order: Order) -> None:
    check_order(order)


@pytest.mark.parametrize(
    "changes",
    [
        {"order_type": "MIT", "limit_price": None},
        {"order_type": "MOC"},
        {"order_type": "TRAIL LIMIT"},
        {"quantity": Decimal(0)},
        {"tif": "EVER"},
    ],
    ids=str,
)
def test_what_it_may_not_have_does_not(changes: dict[str, Any]) -> None:
    order = Order(action="BUY", quantity=Decimal(1), order_type="LMT", limit_price=1.0).model_copy(update=changes)
    with pytest.raises(PydanticCustomError):
        check_order(order)


def test_an_order_for_an_amount_of_cash_needs_no_quantity() -> None:
    check_order(Order(action="BUY", order_type="MKT", cash_qty=1000.0))


def test_a_combination_with_prices_per_leg_needs_no_limit() -> None:
    assert "LMT" in ORDER_TYPES
    check_order(Order(action="BUY", quantity=Decimal(1), order_type="LMT", order_combo_legs=(1.0, None)))
