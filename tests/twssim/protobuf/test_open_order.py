"""openOrder and completedOrder in protobuf: the same as in text, attribute by attribute."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibapi import order_condition
from ibapi.order import Order
from ibapi.tag_value import TagValue

from tests.twssim.official import OfficialClient, gateway, of, order, stock
from tests.twssim.test_text_open_order import ECHOED, ONLY_WITH, RECENT, echoed
from twssim.order_terms import ComboLeg

IN_PROTOBUF = {name: values for name, values in (ECHOED | RECENT).items() if name != "auctionStrategy"}
ABSENT = {"displaySize", "smartComboRoutingParams"}
"""Attributes of which the official client makes something else of nothing than of the marker in text."""


@pytest.mark.parametrize("version", [203, 225])
@settings(max_examples=40)
@given(fields=st.fixed_dictionaries({}, optional=IN_PROTOBUF))
def test_every_attribute_is_echoed(fields: dict[str, Any], version: int) -> None:
    fields = {name: value for name, value in fields.items() if ONLY_WITH.get(name, name) in fields}
    answered, state = echoed(order("LMT", "BUY", 5, limit=10.0, **fields), version)
    assert {name: getattr(answered, name) for name in fields} == fields
    assert answered.permId > 0 and state.status == "PreSubmitted"


def comparable(order_: Order) -> dict[str, Any]:
    plain = {name: value for name, value in vars(order_).items() if name not in ABSENT}
    return {name: value if isinstance(value, str | int | float | bool) else str(value) for name, value in plain.items()}


def test_an_order_says_the_same_in_text_and_in_protobuf() -> None:
    def shown(version: int) -> dict[str, Any]:
        answered, _ = echoed(order("LMT", "BUY", 5, limit=10.0, orderRef="ref"), version)
        return comparable(answered)

    before, now = shown(200), shown(225)
    assert {name: (before[name], now[name]) for name in before if before[name] != now[name]} == {}


def test_algorithms_conditions_and_combos_are_echoed() -> None:
    wanted = order("LMT", "BUY", 1, limit=10.0, algoStrategy="Vwap")
    wanted.algoParams = [TagValue("maxPctVol", "0.1"), TagValue("noTakeLiq", "1")]
    wanted.conditions = [
        order_condition.PriceCondition(2, 265598, "SMART", True, 300.0),
        order_condition.TimeCondition(False, "20261124 20:00:00 US/Eastern").Or(),
        order_condition.MarginCondition(True, 30),
        order_condition.ExecutionCondition("STK", "SMART", "AAPL"),
        order_condition.VolumeCondition(265598, "SMART", True, 1000),
        order_condition.PercentChangeCondition(265598, "SMART", True, 2.5),
    ]
    answered, _ = echoed(wanted, 225)
    assert {(each.tag, each.value) for each in answered.algoParams} == {("maxPctVol", "0.1"), ("noTakeLiq", "1")}
    assert [str(each) for each in answered.conditions] == [str(each) for each in wanted.conditions]
    assert [each.isConjunctionConnection for each in answered.conditions] == [True, False, True, True, True, True]


def test_an_order_placed_in_text_is_shown_to_a_protobuf_session() -> None:
    old = OfficialClient(gateway(), 1, version=176)
    new = OfficialClient(old.tws, 2, version=225)
    old.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0, orderRef="ref", minQty=3))
    new.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=11.0, orderRef="new", minQty=4))
    old.after(1.0)
    for client in (old, new):
        client.take()
        client.reqAllOpenOrders()
        shown = [each for _, _, each, _ in of(client.take(), "openOrder")]
        assert [(each.orderRef, each.minQty, each.lmtPrice) for each in shown] == [("ref", 3, 10.0), ("new", 4, 11.0)]


def test_what_if_shows_margins_and_commission_as_in_text() -> None:
    def preview(version: int) -> dict[str, Any]:
        client = OfficialClient(gateway(), version=version)
        client.placeOrder(1, stock(), order("MKT", "BUY", 5, whatIf=True))
        ((_, _, _, state),) = of(client.after(1.0), "openOrder")
        return vars(state)

    text, protobuf = preview(200), preview(225)
    for name in ("initMarginChange", "maintMarginAfter", "equityWithLoanBefore", "commissionAndFees"):
        assert float(text[name]) == float(protobuf[name]) and text[name]
    assert (text["marginCurrency"], text["commissionAndFeesCurrency"]) == (
        protobuf["marginCurrency"],
        protobuf["commissionAndFeesCurrency"],
    )


@pytest.mark.parametrize("version", [203, 204, 225])
def test_a_completed_order_keeps_its_description(version: int) -> None:
    client = OfficialClient(gateway(), version=version)
    client.placeOrder(1, stock(), order("MKT", "BUY", 5, orderRef="my order", tif="DAY"))
    client.after(2.0)
    client.reqCompletedOrders(False)
    ((_, filled, state),) = of(client.take(), "completedOrder")
    assert (filled.orderRef, str(filled.filledQuantity), state.status) == ("my order", "5", "Filled")
    assert state.completedStatus == "Filled Size: 5" and state.completedTime.endswith("US/Eastern")
    assert filled.shareholder and filled.permId


def test_what_is_no_number_in_text_is_absent_in_protobuf() -> None:
    client = OfficialClient(gateway(), version=225)
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    client.after(1.0)
    (working,) = client.tws.orders.working()
    leg = ComboLeg(5, 1, "BUY", "SMART", 0, 0, "", -1)
    working.terms = replace(
        working.terms,
        rest={"min_qty": "many", "hidden": "1"},
        conditions=(("4", "a", "1", "half"),),
        combo_legs=(leg,),
        combo_leg_prices=("cheap",),
        delta_neutral_contract=("1", "much", "2.5"),
    )
    client.reqOpenOrders()
    ((_, contract, shown, _),) = of(client.take(), "openOrder")
    assert (shown.hidden, shown.minQty) == (True, 2147483647) and len(shown.conditions) == 1
    assert (contract.comboLegs[0].conId, contract.deltaNeutralContract.price) == (5, 2.5)
