"""What elects stops, orders to be touched and trailing stops."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.test_matching import PAIR, STOCK, an_order
from tests.twssim.test_ticks import QUOTE
from twssim.market import Quote
from twssim.order import Order
from twssim.triggers import trailed, trigger_price, trigger_reached, waits_for_trigger


def at(last: str, spread: str = "0.02") -> Quote:
    price, half = Decimal(last), Decimal(spread) / 2
    return replace(QUOTE, last=price, bid=price - half, ask=price + half)


@pytest.mark.parametrize(
    ("action", "stop", "reached"),
    [("BUY", "100.00", True), ("BUY", "100.01", False), ("SELL", "100.00", True), ("SELL", "99.99", False)],
)
def test_stops_of_stocks_look_at_the_last_price(action: str, stop: str, reached: bool) -> None:
    order = an_order("STP", action, stop=stop)
    assert trigger_reached(order, QUOTE) is reached
    assert waits_for_trigger(order)


@pytest.mark.parametrize(("action", "stop"), [("BUY", "100.01"), ("SELL", "99.99")])
def test_stops_of_currencies_look_at_the_side_they_trade_on(action: str, stop: str) -> None:
    assert trigger_reached(an_order("STP", action, stop=stop, instrument=PAIR), QUOTE)


@pytest.mark.parametrize(
    ("action", "touch", "reached"), [("BUY", "100", True), ("BUY", "99", False), ("SELL", "101", False)]
)
def test_an_order_to_be_touched_waits_for_the_better_price(action: str, touch: str, reached: bool) -> None:
    assert trigger_reached(an_order("MIT", action, stop=touch), QUOTE) is reached


def test_only_orders_with_a_trigger_are_elected_and_only_once() -> None:
    assert not trigger_reached(an_order("LMT", "BUY", limit="1", stop="1"), QUOTE)
    order = an_order("STP", "BUY", stop="99")
    order.triggered = True
    assert not trigger_reached(order, QUOTE) and not waits_for_trigger(order)


def by_method(method: int, stop: str) -> Order:
    order = an_order("STP", "BUY", stop=stop)
    order.terms = order.terms.with_rest(trigger_method=str(method))
    return order


@pytest.mark.parametrize(
    ("method", "stop", "looks"),
    [
        (2, "100.00", 1),
        (2, "100.01", None),
        (4, "100.01", 1),
        (7, "100.01", 1),
        (8, "100.00", 1),
        (3, "100.00", 2),
        (1, "100.01", 2),
    ],
)
def test_the_trigger_method_says_which_price_counts_and_how_often(method: int, stop: str, looks: int | None) -> None:
    order = by_method(method, stop)
    seen = [trigger_reached(order, QUOTE) for _ in range(3)]
    assert (seen.index(True) + 1 if True in seen else None) == looks


def test_a_double_method_starts_again_when_the_market_leaves() -> None:
    order = by_method(3, "100.00")
    assert [trigger_reached(order, quote) for quote in (QUOTE, at("99"), QUOTE, QUOTE)] == [False, False, False, True]


prices = st.lists(st.integers(5_000, 15_000).map(lambda cents: f"{cents / 100:.2f}"), min_size=1, max_size=30)


@given(path=prices, percent=st.sampled_from(["", "1", "2.5"]))
@pytest.mark.parametrize(("action", "sign", "best"), [("SELL", -1, max), ("BUY", 1, min)])
def test_a_trailing_stop_follows_the_best_price_and_never_turns_back(
    action: str, sign: int, best: object, path: list[str], percent: str
) -> None:
    order = an_order("TRAIL", action, stop="2.00")
    order.terms = order.terms.with_rest(trailing_percent=percent)
    stops = []
    for last in path:
        order.terms = trailed(order, at(last))
        stops.append(Decimal(order.terms.text("trail_stop_price")))
    assert stops == sorted(stops, reverse=action == "BUY")
    extreme = max(map(Decimal, path)) if action == "SELL" else min(map(Decimal, path))
    distance = extreme * Decimal(percent) / 100 if percent else Decimal(2)
    assert abs(stops[-1] - (extreme + sign * distance)) < STOCK.min_tick
    assert trigger_price(order.terms) == stops[-1]


def test_a_trailing_stop_begins_where_the_client_said() -> None:
    order = an_order("TRAIL", "SELL", stop="5")
    order.terms = order.terms.with_rest(trail_stop_price="98")
    assert trailed(order, QUOTE) is order.terms and not trigger_reached(order, QUOTE)
    assert trailed(order, at("104")).amount("trail_stop_price") == Decimal(99)


@pytest.mark.parametrize("rest", [{"lmt_price_offset": "0.5"}, {"trail_stop_price": "94"}])
def test_the_limit_of_a_trailing_stop_limit_keeps_its_distance(rest: dict[str, str]) -> None:
    order = an_order("TRAIL LIMIT", "SELL", limit="93.5" if "trail_stop_price" in rest else "", stop="5")
    order.terms = order.terms.with_rest(**rest)
    for last, stop in (("100", "95"), ("102", "97"), ("99", "97")):
        order.terms = trailed(order, at(last))
        assert (trigger_price(order.terms), order.terms.limit_price) == (Decimal(stop), Decimal(stop) - Decimal("0.5"))
