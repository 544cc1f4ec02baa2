from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge.errors import InvalidRequest
from twsbridge.orders import (
    LimitOrder,
    MarketOrder,
    StopLimitOrder,
    StopOrder,
    changed_order,
    exact,
    make_order,
)
from twsbridge.protocol.commands import check_order


def test_the_prices_given_make_the_type() -> None:
    orders = [
        MarketOrder("BUY", 1),
        LimitOrder("SELL", 2, 190.5),
        StopOrder("BUY", 3, 180),
        StopLimitOrder("SELL", 4, 179.5, 180),
    ]
    assert [order.order_type for order in orders] == ["MKT", "LMT", "STP", "STP LMT"]
    assert [(order.limit_price, order.stop_price) for order in orders] == [
        (None, None),
        (190.5, None),
        (None, 180.0),
        (179.5, 180.0),
    ]
    for order in orders:
        check_order(order)


def test_terms_are_passed_on() -> None:
    order = LimitOrder(
        "buy", 1, 1, tif="GTD", good_till_date="20261218-16:00:00", outside_rth=True, account="DU1234567"
    )
    assert (order.action, order.tif, order.outside_rth, order.account) == ("BUY", "GTD", True, "DU1234567")


def test_a_mistyped_term_never_becomes_another_order() -> None:
    with pytest.raises(TypeError, match="limitprice"):
        make_order("BUY", 1, None, None, limitprice=190)  # type: ignore[call-arg]  # the mistake is the point


@pytest.mark.parametrize(
    ("quantity", "text"),
    [(1, "1"), (10.0, "10.0"), (0.1, "0.1"), ("2.50", "2.50"), (Decimal("1E+2"), "100"), (1e-7, "0.0000001")],
)
def test_quantities_keep_their_exact_value(quantity: Any, text: str) -> None:
    assert exact(quantity) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=0, max_value=10**9))
def test_a_decimal_arrives_as_it_is(quantity: Decimal) -> None:
    assert MarketOrder("BUY", quantity).quantity == quantity


@pytest.mark.parametrize("quantity", [float("nan"), float("inf"), "ten", "", None, [1]])
def test_what_is_no_quantity_is_refused(quantity: Any) -> None:
    with pytest.raises(InvalidRequest, match="quantity"):
        MarketOrder("BUY", quantity)


@pytest.mark.parametrize("price", ["190", float("nan"), float("inf"), [1]])
def test_what_is_no_price_is_refused(price: Any) -> None:
    with pytest.raises(InvalidRequest, match="limit"):
        LimitOrder("BUY", 1, price)


def test_a_change_touches_what_it_names() -> None:
    order = LimitOrder("BUY", 1, 190, tif="GTC")
    changed = changed_order(order, {"quantity": 5, "limit": None, "stop": None})
    assert changed == order.model_copy(update={"quantity": Decimal(5)})
    assert changed_order(order, {"limit": 191}).limit_price == 191.0
    assert changed_order(StopOrder("BUY", 1, 180), {"stop": 181}).stop_price == 181.0


def test_no_change_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="quantity, limit or stop"):
        changed_order(MarketOrder("BUY", 1), {"quantity": None})
