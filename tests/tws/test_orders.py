from __future__ import annotations

from decimal import Decimal

import ibapi.order
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ibapi.const import UNSET_DECIMAL, UNSET_DOUBLE

from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core.calls import PlaceOrder
from twsbridge_server.tws.orders import PlainDecimal, order_from_tws, order_to_tws

CONTRACT = Contract(con_id=265598)

orders = st.builds(
    Order,
    action=st.sampled_from(["BUY", "SELL"]),
    quantity=st.decimals(0, 10**9, places=8),
    order_type=st.just("STP LMT"),
    limit_price=st.floats(-1e9, 1e9),
    stop_price=st.floats(0.01, 1e9),
    tif=st.sampled_from(["DAY", "GTC", "GTD"]),
    account=st.just("DU1234567"),
    outside_rth=st.booleans(),
    good_till_date=st.sampled_from(["", "20261231-20:00:00"]),
)


@given(orders)
def test_there_and_back(order: Order) -> None:
    told = order_to_tws(PlaceOrder(1, CONTRACT, order, "B1KEY"))
    assert told.orderRef == "B1KEY"
    assert order_from_tws(told) == order


def test_an_order_without_prices() -> None:
    told = order_to_tws(PlaceOrder(1, CONTRACT, Order(action="BUY", quantity="1", order_type="MKT"), ""))
    assert (told.lmtPrice, told.auxPrice) == (UNSET_DOUBLE, UNSET_DOUBLE)
    assert told.transmit is True
    assert told.whatIf is False


@pytest.mark.parametrize(
    ("order_type", "limit_price", "stop_price"),
    [("MKT", None, None), ("LMT", 0.0, None), ("STP", None, 0.0), ("STP LMT", 0.0, 0.0), ("REL", 0.0, 0.0)],
)
def test_zero_is_a_price_only_where_there_can_be_one(
    order_type: str, limit_price: float | None, stop_price: float | None
) -> None:
    said = ibapi.order.Order()
    said.orderType, said.lmtPrice, said.auxPrice = order_type, 0.0, 0.0
    order = order_from_tws(said)
    assert (order.limit_price, order.stop_price) == (limit_price, stop_price)


def test_a_limit_that_a_stop_cannot_have_is_not_told() -> None:
    """At first TWS shows a limit for a stop order, a moment later none."""
    said = ibapi.order.Order()
    said.orderType, said.lmtPrice, said.auxPrice = "STP", 900.03, 900.0
    order = order_from_tws(said)
    assert (order.limit_price, order.stop_price) == (None, 900.0)


def test_an_order_that_is_told_nothing_about() -> None:
    said = ibapi.order.Order()
    said.totalQuantity = UNSET_DECIMAL
    assert order_from_tws(said) == Order(tif="")


@pytest.mark.parametrize(("quantity", "text"), [("1E+3", "1000"), ("1E-8", "0.00000001"), ("0.50", "0.50")])
def test_a_quantity_never_has_an_exponent(quantity: str, text: str) -> None:
    assert str(PlainDecimal(quantity)) == text
    assert str(order_to_tws(PlaceOrder(1, CONTRACT, Order(quantity=Decimal(quantity)), "")).totalQuantity) == text
