"""Delayed data: other tick types, old prices, and what TWS says before."""

from __future__ import annotations

import pytest

from tests.twssim.families.rig import an_option, ready, texts
from tests.twssim.official import errors, names, of, stock
from twssim.answers import MarketDataType, TickString
from twssim.delayed_ticks import DELAY, delayed

pytestmark = pytest.mark.usefixtures("every_profile")


def test_ticks_change_their_type_or_stay_away() -> None:
    assert delayed(TickString(9, 45, "x")) == TickString(9, 88, "x")
    assert delayed(TickString(9, 32, "K")) is None
    assert delayed(MarketDataType(9, 3)) == MarketDataType(9, 3)


@pytest.mark.parametrize("kind", [3, 4])
def test_who_asks_for_delayed_data_gets_the_notice_and_then_old_quotes(kind: int) -> None:
    client = ready(market_data="delayed", answer_delay=0.0)
    client.reqMarketDataType(kind)
    client.reqMktData(9, stock(), "", False, False, [])
    events = client.after(0.0)
    assert names(events)[:3] == ["error", "marketDataType", "tickReqParams"]
    assert errors(events) == [(9, 10167)] and "Displaying delayed" in texts(events)[0]
    assert of(events, "marketDataType") == [(9, 3)]
    prices = {arguments[1]: arguments[2] for arguments in of(events, "tickPrice")}
    quote = client.tws.market.quote(265598, client.tws.now - DELAY)
    assert set(prices) == {66, 67, 68, 72, 73, 75, 76}
    assert (prices[66], prices[67], prices[68]) == (float(quote.bid), float(quote.ask), float(quote.last))
    later = client.after(10.0)
    assert later and {arguments[1] for arguments in of(later, "tickPrice", "tickSize")} <= set(range(66, 77))


def test_computations_of_options_are_delayed_too() -> None:
    client = ready(market_data="delayed")
    client.reqMarketDataType(3)
    client.reqMktData(9, an_option(client), "", False, False, [])
    assert {arguments[1] for arguments in of(client.after(0.1), "tickOptionComputation")} == {80, 81, 82, 83}


@pytest.mark.parametrize(("allowed", "kind", "code"), [("delayed", 1, 10168), ("delayed", 2, 10168), ("none", 3, 354)])
def test_without_permission_there_is_an_error_and_nothing_else(allowed: str, kind: int, code: int) -> None:
    client = ready(market_data=allowed)
    client.reqMarketDataType(kind)
    client.reqMktData(9, stock(), "", False, False, [])
    events = client.after(5.0)
    assert errors(events) == [(9, code)] and len(events) == 1


def test_nothing_else_is_live_without_permission() -> None:
    client = ready(market_data="delayed")
    client.reqMktDepth(1, stock(exchange="NYSE"), 5, False, [])
    client.reqTickByTickData(2, stock(), "Last", 0, False)
    client.reqRealTimeBars(3, stock(), 5, "TRADES", False, [])
    assert errors(client.after(10.0)) == [(1, 354), (2, 10189), (3, 420)]


@pytest.mark.parametrize(("allowed", "kinds"), [("live", {1: 1, 2: 2, 3: 1, 4: 2}), ("delayed", {3: 3, 4: 4})])
def test_frozen_data_are_those_of_a_closed_market(allowed: str, kinds: dict[int, int]) -> None:
    client = ready(market_data=allowed, calendar="regular")
    contract = stock("VOD", "GBP", "LSE")
    client.after(8 * 3600.0)  # London has closed
    for asked, told in kinds.items():
        client.reqMarketDataType(asked)
        client.reqMktData(asked, contract, "", False, False, [])
        assert of(client.after(0.1), "marketDataType") == [(asked, told)]
        client.cancelMktData(asked)
