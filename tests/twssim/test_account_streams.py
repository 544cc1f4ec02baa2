"""Account streams of several sessions at once."""

from __future__ import annotations

from decimal import Decimal

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


def pnl(client: OfficialClient) -> tuple[float, ...]:
    """Daily, unrealised and realised P&L as a client hears them."""
    client.reqPnL(7, "DU1234567", "")
    _, *amounts = of(client.after(2.0), "pnl")[-1]
    client.cancelPnL(7)
    return tuple(amounts)


def test_daily_pnl_counts_from_the_close_of_the_session_before() -> None:
    client = OfficialClient(gateway(currency="USD", cash=Decimal(10**6)))
    client.placeOrder(1, stock(), order("MKT", "BUY", 10))
    client.after(3.0)
    daily, unrealized, realized = pnl(client)
    assert (daily, realized) == (pytest.approx(unrealized), 0.0)
    client.after(86_400.0)
    quote = client.tws.market.quote(265598, client.tws.now + 2.0)
    daily, unrealized, realized = pnl(client)
    assert daily == pytest.approx(float(10 * (quote.last - quote.close)), abs=0.011) and daily != unrealized
    client.placeOrder(2, stock(), order("MKT", "SELL", 4))
    client.after(3.0)
    daily, unrealized, realized = pnl(client)
    sold = client.tws.orders.executions[-1]
    quote = client.tws.market.quote(265598, client.tws.now)
    expected = 6 * (quote.last - quote.close) + 4 * (sold.price - quote.close) - sold.commission
    assert daily == pytest.approx(float(expected), abs=0.5) and realized == pytest.approx(
        float(sold.realized_pnl or 0), abs=0.01
    )
    client.after(86_400.0)
    assert pnl(client)[2] == 0.0, "what was realised belongs to its day"


def test_daily_pnl_is_the_same_after_a_restart() -> None:
    client = OfficialClient(gateway(currency="USD"))
    client.placeOrder(1, stock(), order("MKT", "BUY", 10))
    client.after(86_400.0)
    client.placeOrder(2, stock(), order("MKT", "SELL", 4))
    client.after(3.0)
    records = list(client.tws.ledger.records)
    before = pnl(client)
    again = OfficialClient(gateway(client.tws.now - 2.0, records, currency="USD"))
    assert pnl(again) == before
