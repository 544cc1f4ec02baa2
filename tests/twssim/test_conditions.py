"""Order conditions hold an order back until they are true, or cancel it then."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from ibapi import order_condition as oc

from tests.twssim.official import NOON, OfficialClient, errors, gateway, of, order, stock, story
from twssim.conditions import conditions_hold, unreadable

pytestmark = pytest.mark.usefixtures("every_profile")
AAPL, MSFT = 265598, 272093


def client_with(conditions: list[Any], **fields: Any) -> OfficialClient:
    client = OfficialClient(gateway())
    client.after(1.0)
    client.placeOrder(1, stock(), order("MKT", "BUY", 5, conditions=conditions, **fields))
    return client


def price(client: OfficialClient, con_id: int = MSFT) -> float:
    return float(client.tws.market.quote(con_id, client.tws.now).last)


def filled(client: OfficialClient) -> bool:
    return "exec 5" in story(client.after(3.0))


def test_a_price_condition_waits_for_the_price_of_another_contract() -> None:
    client = client_with([oc.PriceCondition(0, MSFT, "SMART", True, 600.0)])
    assert story(client.after(60.0)) == ["open PreSubmitted", "status PreSubmitted 0/5"] * 2
    client.tws.market.shift(MSFT, Decimal("1.3"), client.tws.now)
    assert price(client) > 600.0 and filled(client)


def test_a_time_condition_waits_for_its_moment() -> None:
    client = client_with([oc.TimeCondition(True, "20261124 12:00:30 GB-Eire")])
    assert not filled(client) and client.tws.now < NOON + 30
    assert "exec 5" in story(client.after(40.0))
    assert client.tws.orders.executions[0].time >= NOON + 30


def test_an_execution_condition_waits_for_a_fill_in_that_symbol() -> None:
    client = client_with([oc.ExecutionCondition("STK", "SMART", "MSFT")])
    assert not filled(client)
    client.placeOrder(2, stock("IBM"), order("MKT", "BUY", 1))
    assert not filled(client)
    client.placeOrder(3, stock("MSFT"), order("MKT", "BUY", 1))
    assert filled(client)


@pytest.mark.parametrize(
    ("condition", "now_true"),
    [
        (oc.VolumeCondition(MSFT, "SMART", True, 1), True),
        (oc.VolumeCondition(MSFT, "SMART", True, 2_000_000_000), False),
        (oc.PercentChangeCondition(MSFT, "SMART", False, 50.0), True),
        (oc.PercentChangeCondition(MSFT, "SMART", True, 50.0), False),
        (oc.MarginCondition(True, 50), True),
        (oc.MarginCondition(False, 50), False),
    ],
)
def test_volume_percentage_and_margin_conditions_are_looked_up(condition: Any, now_true: bool) -> None:
    assert filled(client_with([condition])) is now_true


def test_conditions_are_joined_from_left_to_right() -> None:
    true, false = oc.TimeCondition(True, "20261124 11:00:00"), oc.TimeCondition(False, "20261124 11:00:00")
    for first, word, second, expected in (
        (true, "And", true, True),
        (true, "And", false, False),
        (false, "Or", true, True),
        (false, "And", true, False),
        (true, "Or", false, True),
    ):
        copy = type(first)(first.isMore, first.time)
        assert filled(client_with([getattr(copy, word)(), second])) is expected


def test_a_cancelling_condition_ends_an_order_that_works_meanwhile() -> None:
    client = OfficialClient(gateway())
    client.after(1.0)
    condition = oc.PriceCondition(0, MSFT, "SMART", True, 600.0)
    wanted = order("LMT", "BUY", 5, limit=10.0, conditions=[condition], conditionsCancelOrder=True)
    client.placeOrder(1, stock(), wanted)
    assert story(client.after(5.0))[-1] == "status Submitted 0/5"
    client.tws.market.shift(MSFT, Decimal("1.3"), client.tws.now)
    assert story(client.after(2.0)) == ["status Cancelled 0/5", "error 202"]


def test_what_cannot_be_read_is_refused() -> None:
    for condition in (oc.TimeCondition(True, "soon"), oc.PriceCondition(0, 1, "SMART", True, 600.0)):
        client = client_with([condition])
        assert errors(client.after(1.0)) == [(1, 321)] and client.tws.orders.working() == []


def test_a_type_that_nobody_knows_is_named() -> None:
    tws = gateway()
    assert unreadable(tws, (("9", "a"),)) == "Unknown order condition type 9"
    assert unreadable(tws, (("3", "a", "1", "20261124 11:00:00"),)) is None


def test_conditions_survive_a_restart_and_are_shown() -> None:
    client = client_with([oc.PriceCondition(0, MSFT, "SMART", True, 600.0)])
    client.after(1.0)
    again = OfficialClient(gateway(client.tws.now + 60.0, client.tws.ledger.records))
    again.after(1.0)
    again.reqOpenOrders()
    ((_, _, shown, state),) = of(again.take(), "openOrder")
    assert (shown.conditions[0].price, state.status) == (600.0, "PreSubmitted")
    (working,) = again.tws.orders.working()
    assert not conditions_hold(again.tws, working)
    again.tws.market.shift(MSFT, Decimal("1.3"), again.tws.now)
    assert filled(again)
