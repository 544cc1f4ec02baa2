"""openOrder and completedOrder: what a client described comes back to it, field by field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibapi import order_condition
from ibapi.order import Order
from ibapi.order_state import OrderState
from ibapi.tag_value import TagValue

from tests.twssim.official import OfficialClient, gateway, of, order, stock
from tests.twssim.test_text_requests import EVERY_VERSION, PROFILE

words = st.text("abcXYZ 019-", min_size=1, max_size=8)
prices = st.integers(1, 30_000).map(lambda cents: cents / 100)
counts = st.integers(1, 10**6)
flags = st.booleans()
times = st.sampled_from(["20261124 20:00:00 US/Eastern", "20261125-14:30:00", "20261201 09:30:00", "20261231"])

ECHOED: dict[str, st.SearchStrategy[Any]] = {
    "tif": st.sampled_from(["DAY", "GTC"]),
    "ocaGroup": words,
    "ocaType": st.integers(1, 3),
    "orderRef": words,
    "outsideRth": flags,
    "openClose": st.sampled_from(["O", "C"]),
    "blockOrder": flags,
    "sweepToFill": flags,
    "displaySize": counts,
    "triggerMethod": st.integers(0, 8),
    "hidden": flags,
    "discretionaryAmt": prices,
    "goodAfterTime": times,
    "goodTillDate": times,
    "faGroup": words,
    "faMethod": words,
    "faPercentage": words,
    "modelCode": words,
    "shortSaleSlot": st.integers(0, 2),
    "designatedLocation": words,
    "exemptCode": st.integers(-1, 5),
    "rule80A": words,
    "settlingFirm": words,
    "allOrNone": flags,
    "minQty": counts,
    "percentOffset": prices,
    "auctionStrategy": st.integers(0, 3),
    "startingPrice": prices,
    "stockRefPrice": prices,
    "delta": prices,
    "stockRangeLower": prices,
    "stockRangeUpper": prices,
    "volatility": prices,
    "volatilityType": st.integers(1, 2),
    "deltaNeutralAuxPrice": prices,
    "continuousUpdate": flags,
    "referencePriceType": st.integers(1, 2),
    "trailStopPrice": prices,
    "trailingPercent": prices,
    "scaleInitLevelSize": counts,
    "scaleSubsLevelSize": counts,
    "hedgeType": st.sampled_from(["D", "B"]),
    "hedgeParam": words,
    "optOutSmartRouting": flags,
    "clearingAccount": words,
    "clearingIntent": words,
    "notHeld": flags,
    "solicited": flags,
    "randomizeSize": flags,
    "randomizePrice": flags,
    "adjustedOrderType": words,
    "triggerPrice": prices,
    "adjustedStopPrice": prices,
    "adjustedStopLimitPrice": prices,
    "adjustedTrailingAmount": prices,
    "adjustableTrailingUnit": st.integers(0, 100),
    "lmtPriceOffset": prices,
    "cashQty": prices,
    "dontUseAutoPriceForHedge": flags,
    "isOmsContainer": flags,
    "discretionaryUpToLimitPrice": flags,
    "usePriceMgmtAlgo": flags,
}
RECENT: dict[str, st.SearchStrategy[Any]] = {
    "duration": counts,
    "postToAts": counts,
    "autoCancelParent": flags,
    "customerAccount": words,
    "professionalCustomer": flags,
    "includeOvernight": flags,
    "manualOrderIndicator": counts,
    "imbalanceOnly": flags,
}
ONLY_WITH = {"hedgeParam": "hedgeType"}


def echoed(wanted: Order, version: int) -> tuple[Order, OrderState]:
    client = OfficialClient(gateway(), version=version)
    client.placeOrder(1, stock(), wanted)
    events = client.after(0.06)
    _, contract, answered, state = of(events, "openOrder")[0]
    assert (contract.conId, contract.symbol, contract.exchange, contract.tradingClass) == (
        265598,
        "AAPL",
        "SMART",
        "NMS",
    )
    return answered, state


@settings(max_examples=60)
@given(fields=st.fixed_dictionaries({}, optional=ECHOED), quantity=st.integers(1, 90), limit=prices)
@pytest.mark.parametrize("version", (157, 176, 200))
def test_every_attribute_is_echoed(fields: dict[str, Any], quantity: int, limit: float, version: int) -> None:
    fields = {name: value for name, value in fields.items() if ONLY_WITH.get(name, name) in fields}
    answered, state = echoed(order("LMT", "BUY", quantity, limit=limit, **fields), version)
    assert (answered.action, answered.orderType, answered.lmtPrice) == ("BUY", "LMT", limit)
    assert (answered.totalQuantity, answered.account, answered.clientId) == (Decimal(quantity), "DU1234567", 1)
    assert answered.permId > 0 and state.status == "PreSubmitted"
    assert {name: getattr(answered, name) for name in fields} == fields


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_open_orders_fit_the_official_decoder_at_every_version(version: int) -> None:
    """The decoder must read every field and leave none, which the client of these tests asserts."""
    answered, state = echoed(order("LMT", "BUY", 5, limit=10.0, tif="GTC", orderRef="ref"), version)
    assert (answered.orderRef, answered.tif, answered.cashQty, state.status) == ("ref", "GTC", 0.0, "PreSubmitted")


@settings(max_examples=30)
@given(fields=st.fixed_dictionaries({}, optional=RECENT))
def test_recent_attributes_are_echoed_at_server_version_200(fields: dict[str, Any]) -> None:
    answered, _ = echoed(order("LMT", "BUY", 1, limit=10.0, **fields), 200)
    assert {name: getattr(answered, name) for name in fields} == fields


@pytest.mark.parametrize("version", PROFILE)
def test_algorithms_conditions_and_scales_are_echoed(version: int) -> None:
    wanted = order("LMT", "BUY", 1, limit=10.0, algoStrategy="Vwap", scalePriceIncrement=0.5)
    wanted.algoParams = [TagValue("maxPctVol", "0.1"), TagValue("noTakeLiq", "1")]
    wanted.scaleAutoReset, wanted.scaleProfitOffset = True, 2.5
    price = order_condition.PriceCondition(2, 265598, "SMART", True, 300.0)
    time = order_condition.TimeCondition(False, "20261124 20:00:00 US/Eastern").Or()
    wanted.conditions, wanted.conditionsIgnoreRth = [price, time], True
    answered, _ = echoed(wanted, version)
    assert [(each.tag, each.value) for each in answered.algoParams] == [("maxPctVol", "0.1"), ("noTakeLiq", "1")]
    assert (answered.scalePriceIncrement, answered.scaleAutoReset, answered.scaleProfitOffset) == (0.5, True, 2.5)
    first, second = answered.conditions
    assert (first.price, first.conId, first.isMore, first.triggerMethod) == (300.0, 265598, True, 2)
    assert (second.time, second.isConjunctionConnection) == ("20261124 20:00:00 US/Eastern", False)
    assert answered.conditionsIgnoreRth


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_a_completed_order_keeps_its_description(version: int) -> None:
    client = OfficialClient(gateway(), version=version)
    client.placeOrder(1, stock(), order("MKT", "BUY", 5, orderRef="my order", tif="DAY"))
    client.placeOrder(2, stock(), order("LMT", "BUY", 5, limit=10.0, orderRef="other"))
    client.after(2.0)
    client.tws.exchange.cancel(client.tws.orders.working()[0])
    client.after(1.0)
    client.reqCompletedOrders(False)
    (_, filled, state), (_, cancelled, other) = of(client.take(), "completedOrder")
    assert (filled.orderRef, filled.filledQuantity, state.status) == ("my order", Decimal(5), "Filled")
    assert state.completedStatus == "Filled Size: 5" and state.completedTime.endswith("US/Eastern")
    assert (cancelled.orderRef, cancelled.lmtPrice, other.status) == ("other", 10.0, "Cancelled")
    assert filled.permId and cancelled.permId > filled.permId
