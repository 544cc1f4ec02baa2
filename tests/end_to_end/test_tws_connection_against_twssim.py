"""The shell towards TWS against the simulated one, over TCP, in text, mixed and in protobuf."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

import twssim
from tests.tws.peers import Driven
from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core import calls, inputs, stream_inputs
from twssim.runner import SimulatedTws

AAPL = Contract(symbol="AAPL", sec_type="STK", exchange="SMART", currency="USD")
BUY = Order(action="BUY", quantity=Decimal(10), order_type="MKT", account="DU1234567")
FAR = Order(action="BUY", quantity=Decimal(10), order_type="LMT", limit_price=1.0, account="DU1234567")


@pytest.fixture(params=[176, 200, 203, 213, 225])
def simulator(request: pytest.FixtureRequest) -> Iterator[SimulatedTws]:
    with twssim.run(port=0, server_version=request.param, speed=10.0) as running:
        yield running


@pytest.fixture
def session(simulator: SimulatedTws) -> Iterator[Driven]:
    with Driven(simulator.port) as driven:
        begin(driven)
        yield driven
        assert driven.quarantine == []


def begin(driven: Driven) -> None:
    """Shake hands and start the API session."""
    driven.until_said(inputs.TwsConnected)
    driven.connection.call(calls.StartApi(1))
    driven.until_said(inputs.NextValidId)
    driven.until_said(inputs.ManagedAccounts)


def ask(driven: Driven, *asked: calls.TwsCall) -> None:
    """Send requests; each must be encodable."""
    for call in asked:
        assert driven.connection.call(call) == []


def test_the_session_begins(simulator: SimulatedTws, session: Driven) -> None:
    [connected] = session.of(inputs.TwsConnected)
    assert connected.connection_time
    assert session.of(inputs.ManagedAccounts) == [inputs.ManagedAccounts(("DU1234567",))]
    session.until(lambda d: {2104, 2106, 2158} <= {said.code for said in d.of(inputs.TwsErrorReceived)})
    ask(session, calls.ReqCurrentTime())
    session.until_said(inputs.CurrentTime)


def test_contract_details(session: Driven) -> None:
    ask(session, calls.ReqContractDetails(1_000_000_000, AAPL))
    session.until_said(inputs.ContractDetailsEnd)
    [row] = session.of(inputs.ContractDetailsRow)
    assert (row.req_id, row.details.contract.con_id, row.details.contract.symbol) == (1_000_000_000, 265598, "AAPL")
    assert row.details.min_tick == 0.01
    assert row.details.long_name
    assert row.details.trading_hours


def test_an_unknown_contract_is_an_error_with_the_id_of_the_request(session: Driven) -> None:
    ask(session, calls.ReqContractDetails(1_000_000_000, Contract(symbol="NOSUCH", sec_type="STK", exchange="SMART")))
    session.until(lambda d: 200 in {said.code for said in d.of(inputs.TwsErrorReceived) if said.id == 1_000_000_000})


def test_bars(session: Driven) -> None:
    ask(session, calls.ReqHistoricalData(1_000_000_000, AAPL, "", "1 D", "5 mins", "TRADES", True))
    session.until_said(stream_inputs.HistoricalEnd)
    [bars] = session.of(stream_inputs.HistoricalBars)
    assert bars.req_id == 1_000_000_000
    dates = [int(bar.date) for bar in bars.bars]
    assert len(dates) > 10
    assert dates == sorted(dates)
    assert all(bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high for bar in bars.bars)


def test_ticks(session: Driven) -> None:
    ask(session, calls.ReqMarketDataType(1), calls.ReqMarketData(1_000_000_000, AAPL))
    session.until(
        lambda d: {0, 1, 2, 3, 4, 5, 8, 45} <= {t.tick_type for said in d.of(stream_inputs.Ticks) for t in said.ticks}
    )
    session.until_said(stream_inputs.MarketDataType)
    values = {tick.tick_type: tick.value for said in session.of(stream_inputs.Ticks) for tick in said.ticks}
    bid, ask_price = values[1], values[2]
    assert isinstance(bid, float)
    assert isinstance(ask_price, float)
    assert 0 < bid <= ask_price
    assert isinstance(values[0], str)
    ask(session, calls.CancelMarketData(1_000_000_000))


def test_an_order_fills(session: Driven) -> None:
    ask(session, calls.PlaceOrder(1, AAPL, BUY, "B1KEY"))
    session.until_said(inputs.CommissionReceived)
    opened = session.of(inputs.OpenOrder)
    assert {(said.order_id, said.order_ref) for said in opened} == {(1, "B1KEY")}
    assert opened[-1].order.quantity == 10
    assert opened[-1].order.limit_price is None
    fills = [said.execution for said in session.of(inputs.ExecutionReceived)]
    assert {said.order_ref for said in session.of(inputs.ExecutionReceived)} == {"B1KEY"}
    assert fills[0].time_us > 1_500_000_000_000_000
    assert fills[0].perm_id == opened[0].perm_id
    [first, *_] = session.of(inputs.CommissionReceived)
    assert first.commission.exec_id == fills[0].exec_id
    assert first.commission.realized_pnl is None, "an opening fill has none"


def test_an_order_is_changed_and_cancelled(session: Driven) -> None:
    ask(session, calls.PlaceOrder(1, AAPL, FAR, "B1KEY"))
    session.until(lambda d: any(said.order.limit_price == 1.0 for said in d.of(inputs.OpenOrder)))
    ask(session, calls.PlaceOrder(1, AAPL, FAR.model_copy(update={"limit_price": 1.5}), "B1KEY"))
    session.until(lambda d: any(said.order.limit_price == 1.5 for said in d.of(inputs.OpenOrder)))
    ask(session, calls.CancelOrder(1))
    session.until(lambda d: any(said.status == "Cancelled" for said in d.of(inputs.OrderStatus)))


def test_a_sweep_of_orders_and_executions(session: Driven) -> None:
    ask(session, calls.PlaceOrder(1, AAPL, BUY, "B1DONE"), calls.PlaceOrder(2, AAPL, FAR, "B1OPEN"))
    session.until(lambda d: any(said.status == "Filled" for said in d.of(inputs.OrderStatus)))
    session.until(lambda d: any(said.order_id == 2 for said in d.of(inputs.OrderStatus)))
    session.inputs.clear()
    ask(session, calls.ReqOpenOrders(), calls.ReqCompletedOrders(), calls.ReqExecutions(1_000_000_000))
    for kind in (inputs.OpenOrderEnd, inputs.CompletedOrdersEnd, inputs.ExecutionsEnd):
        session.until_said(kind)
    assert "B1OPEN" in {said.order_ref for said in session.of(inputs.OpenOrder)}
    [done] = session.of(inputs.CompletedOrder)
    assert (done.order_ref, done.status, done.filled) == ("B1DONE", "Filled", Decimal(10))
    asked = [said for said in session.of(inputs.ExecutionReceived) if said.req_id == 1_000_000_000]
    assert sum(said.execution.shares for said in asked) == 10
    ask(session, calls.GlobalCancel())
    session.until(lambda d: any(said.status == "Cancelled" for said in d.of(inputs.OrderStatus)))


def test_accounts_and_holdings(session: Driven) -> None:
    ask(session, calls.PlaceOrder(1, AAPL, BUY, "B1KEY"))
    session.until(lambda d: any(said.status == "Filled" for said in d.of(inputs.OrderStatus)))
    ask(session, calls.ReqPositions(), calls.ReqAccountSummary(1_000_000_000, "All", "NetLiquidation,TotalCashValue"))
    session.until_said(inputs.PositionEnd)
    session.until_said(inputs.AccountSummaryEnd)
    [held] = session.of(inputs.PositionRow)
    assert (held.contract.symbol, held.position) == ("AAPL", Decimal(10))
    assert {said.tag for said in session.of(inputs.AccountSummaryRow)} == {"NetLiquidation", "TotalCashValue"}
    ask(session, calls.CancelAccountSummary(1_000_000_000))


def test_a_connection_that_breaks_and_a_new_one(simulator: SimulatedTws, session: Driven) -> None:
    simulator.drop_connections()
    session.until_said(inputs.TwsLost)
    [lost] = session.of(inputs.TwsLost)
    assert "is gone" in lost.reason
    session.inputs.clear()
    session.connect()
    begin(session)


def test_a_tws_that_shows_a_dialog(simulator: SimulatedTws) -> None:
    simulator.silence()
    driven = Driven(simulator.port)
    driven.connect(0.0)
    driven.until(lambda d: simulator.call(lambda gateway: gateway.sessions))
    [lost] = driven.connection.expire(30.0)
    assert isinstance(lost, inputs.TwsLost)
    assert "dialog" in lost.reason


def test_a_client_id_that_is_taken(simulator: SimulatedTws, session: Driven) -> None:
    with Driven(simulator.port) as second:
        second.until_said(inputs.TwsConnected)
        second.connection.call(calls.StartApi(1))
        second.until_said(inputs.TwsLost)
        assert [said.code for said in second.of(inputs.TwsErrorReceived)] == [326]


def test_a_flood_of_ticks_is_read_in_bounded_turns() -> None:
    with twssim.run(port=0, server_version=200, flood=True) as flooding, Driven(flooding.port) as driven:
        begin(driven)
        ask(driven, calls.ReqMarketData(1_000_000_000, AAPL))
        driven.until(lambda d: sum(len(said.ticks) for said in d.of(stream_inputs.Ticks)) > 20_000, max_messages=500)
        assert driven.quarantine == []
