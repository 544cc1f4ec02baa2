from __future__ import annotations

from decimal import Decimal

from hypothesis import given

from tests.protocol.strategies import orders
from twsbridge.protocol.order import Order, Terms


def test_an_order_without_attributes_is_its_terms() -> None:
    assert set(Order(action="BUY", quantity=Decimal(1), order_type="MKT").wire()) == set(Terms.model_fields)


@given(orders())
def test_what_is_left_out_comes_back(order: Order) -> None:
    assert Order.model_validate(order.wire()) == order
