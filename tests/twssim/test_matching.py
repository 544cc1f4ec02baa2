"""When an order trades and at which price."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.test_ticks import QUOTE
from twssim.contracts import Instrument, default_universe
from twssim.matching import fill_price, slice_size
from twssim.order import Order
from twssim.order_terms import OrderTerms
from twssim.triggers import trigger_reached, waits_for_trigger

UNIVERSE = list(default_universe())
STOCK = next(each for each in UNIVERSE if each.sec_type == "STK")
PAIR = next(each for each in UNIVERSE if each.sec_type == "CASH")


def an_order(kind: str, action: str, limit: str = "", stop: str = "", instrument: Instrument = STOCK) -> Order:
    terms = OrderTerms(
        action=action,
        total_quantity=Decimal(5),
        order_type=kind,
        limit_price=Decimal(limit) if limit else None,
        aux_price=Decimal(stop) if stop else None,
    )
    return Order(client_id=1, order_id=1, perm_id=1, account="A", instrument=instrument, terms=terms)


@pytest.mark.parametrize(
    ("kind", "action", "limit", "price"),
    [
        ("MKT", "BUY", "", "100.01"),
        ("MKT", "SELL", "", "99.99"),
        ("LMT", "BUY", "100.01", "100.01"),
        ("LMT", "BUY", "105", "100.01"),
        ("LMT", "BUY", "100.00", None),
        ("LMT", "SELL", "99.99", "99.99"),
        ("LMT", "SELL", "90", "99.99"),
        ("LMT", "SELL", "100.00", None),
    ],
)
def test_orders_trade_at_the_side_they_take(kind: str, action: str, limit: str, price: str | None) -> None:
    assert fill_price(an_order(kind, action, limit), QUOTE) == (Decimal(price) if price else None)


def test_a_resting_order_trades_at_its_own_limit() -> None:
    order = an_order("LMT", "BUY", "105")
    order.resting = True
    assert fill_price(order, QUOTE) == 105


@pytest.mark.parametrize(
    ("action", "stop", "reached"),
    [("BUY", "100.00", True), ("BUY", "100.01", False), ("SELL", "100.00", True), ("SELL", "99.99", False)],
)
def test_stops_of_stocks_look_at_the_last_price(action: str, stop: str, reached: bool) -> None:
    order = an_order("STP", action, stop=stop)
    assert trigger_reached(order, QUOTE) is reached
    assert waits_for_trigger(order) and fill_price(order, QUOTE) is None


@pytest.mark.parametrize(("action", "stop"), [("BUY", "100.01"), ("SELL", "99.99")])
def test_stops_of_currencies_look_at_the_side_they_trade_on(action: str, stop: str) -> None:
    assert trigger_reached(an_order("STP", action, stop=stop, instrument=PAIR), QUOTE)


def test_an_elected_stop_is_a_market_or_a_limit_order() -> None:
    market, limit = an_order("STP", "BUY", stop="99"), an_order("STP LMT", "BUY", limit="99", stop="99")
    market.triggered = limit.triggered = True
    assert (fill_price(market, QUOTE), fill_price(limit, QUOTE)) == (Decimal("100.01"), None)
    assert not trigger_reached(market, QUOTE) and not waits_for_trigger(market)


def test_only_stops_have_triggers() -> None:
    assert not trigger_reached(an_order("LMT", "BUY", limit="1", stop="1"), QUOTE)


@given(quantity=st.integers(1, 10**7), most=st.integers(1, 6))
@pytest.mark.parametrize("instrument", [STOCK, PAIR], ids=["STK", "CASH"])
def test_slices_are_whole_and_few(instrument: Instrument, quantity: int, most: int) -> None:
    order = an_order("MKT", "BUY", instrument=instrument)
    order.terms = replace(order.terms, total_quantity=Decimal(quantity))
    slices = 0
    while order.remaining:
        size = slice_size(order, most)
        assert 0 < size <= order.remaining and size % instrument.size_increment == 0
        order.filled += size
        slices += 1
    assert slices <= most
