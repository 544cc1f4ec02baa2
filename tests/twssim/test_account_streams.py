"""Account streams of several sessions at once."""

from __future__ import annotations

import pytest

from tests.twssim.official import OfficialClient, gateway, names, of, order, stock

pytestmark = pytest.mark.usefixtures("every_profile")


def test_every_session_hears_of_a_fill_it_wants_to_know_about() -> None:
    tws = gateway()
    trader, watcher, other = (OfficialClient(tws, client_id=number) for number in (1, 2, 3))
    watcher.reqPositions()
    watcher.reqAccountUpdates(True, "")
    tws.advance(tws.now + 1.0)
    for client in (trader, watcher, other):
        client.take()
    trader.placeOrder(1, stock(), order("MKT", "BUY", 5))
    assert "position" not in names(trader.after(2.0))
    events = watcher.take()
    assert {"position", "updatePortfolio", "updateAccountValue"} <= set(names(events))
    assert "openOrder" not in names(events)
    assert other.take() == []


def test_only_the_changed_position_is_sent_after_a_fill() -> None:
    client = OfficialClient(gateway())
    client.reqAccountUpdates(True, "")
    for order_id, symbol in ((1, "AAPL"), (2, "MSFT")):
        client.placeOrder(order_id, stock(symbol), order("MKT", "BUY", 5))
        events = client.after(2.0)
        assert [contract.symbol for contract, *_ in of(events, "updatePortfolio")] == [symbol]
    later = [contract.symbol for contract, *_ in of(client.after(200.0), "updatePortfolio")]
    assert later == ["AAPL", "MSFT"]


def test_nothing_is_due_when_nobody_is_subscribed() -> None:
    client = OfficialClient(gateway())
    client.reqAccountSummary(1, "All", "NetLiquidation")
    client.reqPnL(2, "DU1234567", "")
    client.after(5.0)
    client.cancelAccountSummary(1)
    client.cancelPnL(2)
    client.after(400.0)
    assert client.tws.scheduler.next_due() is None
