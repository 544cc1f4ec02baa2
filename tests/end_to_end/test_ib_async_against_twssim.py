"""ib_async, an independent client with its own decoder, against the simulator."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from ib_async import IB, LimitOrder, MarketOrder, Stock, StopOrder

import twssim

PATIENCE = 10.0
AAPL = ("AAPL", "SMART", "USD")


async def until(condition: Callable[[], Any]) -> Any:
    """The first true value of a condition."""

    async def wait() -> Any:
        while not (value := condition()):
            await asyncio.sleep(0.005)
        return value

    return await asyncio.wait_for(wait(), PATIENCE)


def with_client(version: int, task: Callable[[IB], Awaitable[None]], **settings: Any) -> None:
    """Run a task with a connected client; every request of its start-up must have been answered."""

    async def connected(port: int) -> None:
        ib = IB()
        ib.RequestTimeout = PATIENCE
        await ib.connectAsync("127.0.0.1", port, clientId=3, timeout=PATIENCE, raiseSyncErrors=True)
        try:
            assert ib.client.serverVersion() == min(version, 178)
            await task(ib)
        finally:
            ib.disconnect()

    with twssim.run(server_version=version, **settings) as tws:
        asyncio.run(connected(tws.port))


@pytest.fixture(params=[176, 200])
def version(request: pytest.FixtureRequest) -> int:
    chosen: int = request.param
    return chosen


def test_account_and_positions(version: int) -> None:
    async def task(ib: IB) -> None:
        assert ib.managedAccounts() == ["DU1234567"]
        rows = {row.tag: (row.value, row.currency) for row in await ib.accountSummaryAsync()}
        assert rows["NetLiquidation"] == ("100000.00", "GBP")
        assert {"BASE", "GBP"} <= {row.currency for row in ib.accountValues()}
        assert ib.positions() == []

    with_client(version, task)


def test_contracts_and_history(version: int) -> None:
    async def task(ib: IB) -> None:
        (contract,) = await ib.qualifyContractsAsync(Stock("CSH2", "LSE", "GBP"))
        assert isinstance(contract, Stock) and contract.conId
        days = await ib.reqHistoricalDataAsync(contract, "", "3 M", "1 day", "TRADES", True)
        assert 60 <= len(days) <= 66 and days[0].date < days[-1].date
        hours = await ib.reqHistoricalDataAsync(Stock(*AAPL), "", "1 D", "1 hour", "TRADES", True, formatDate=2)
        assert hours and all(bar.low <= bar.close <= bar.high for bar in hours)

    with_client(version, task)


def test_ticks(version: int) -> None:
    async def task(ib: IB) -> None:
        (contract,) = await ib.qualifyContractsAsync(Stock(*AAPL))
        ticker = ib.reqMktData(contract)
        await until(lambda: ticker.bid > 0 and ticker.ask > ticker.bid and ticker.last > 0 and ticker.close > 0)
        first = ticker.time
        await until(lambda: ticker.time != first)
        assert ticker.minTick == 0.01
        ib.cancelMktData(contract)

    with_client(version, task)


def test_orders(version: int) -> None:
    async def task(ib: IB) -> None:
        (contract,) = await ib.qualifyContractsAsync(Stock(*AAPL))
        bought = ib.placeOrder(contract, MarketOrder("BUY", 250))
        await until(lambda: bought.isDone() and all(fill.commissionReport.execId for fill in bought.fills))
        assert (bought.orderStatus.status, bought.filled()) == ("Filled", 250)
        assert len(bought.fills) == 3
        resting = ib.placeOrder(contract, LimitOrder("BUY", 10, 100, orderRef="mine"))
        await until(lambda: resting.orderStatus.status == "Submitted")
        resting.order.lmtPrice = 101
        ib.placeOrder(contract, resting.order)
        await until(lambda: sum(entry.message == "Modify" for entry in resting.log))
        stop = ib.placeOrder(contract, StopOrder("SELL", 10, 50))
        await until(lambda: stop.orderStatus.whyHeld == "trigger")
        assert {trade.order.orderId for trade in await ib.reqAllOpenOrdersAsync()} == {
            resting.order.orderId,
            stop.order.orderId,
        }
        for trade in (resting, stop):
            ib.cancelOrder(trade.order)
            await until(trade.isDone)
            assert trade.orderStatus.status == "Cancelled"
        (position,) = ib.positions()
        assert (position.contract.symbol, position.position) == ("AAPL", 250)
        assert len(await ib.reqExecutionsAsync()) == 3
        assert len(await ib.reqCompletedOrdersAsync(False)) == 3

    with_client(version, task)


def test_a_what_if_order_and_profit(version: int) -> None:
    async def task(ib: IB) -> None:
        (contract,) = await ib.qualifyContractsAsync(Stock(*AAPL))
        state = await ib.whatIfOrderAsync(contract, MarketOrder("BUY", 10))
        assert float(state.initMarginChange) > 0 and state.commission == 1.0
        trade = ib.placeOrder(contract, MarketOrder("BUY", 10))
        await until(trade.isDone)
        pnl = ib.reqPnL("DU1234567")
        await until(lambda: pnl.unrealizedPnL < 0)
        (item,) = ib.portfolio()
        assert (item.position, item.averageCost > 0) == (10, True)

    with_client(version, task)


def test_a_rejected_order(version: int) -> None:
    async def task(ib: IB) -> None:
        (contract,) = await ib.qualifyContractsAsync(Stock(*AAPL))
        trade = ib.placeOrder(contract, MarketOrder("BUY", 1_000_000))
        await until(lambda: any(entry.errorCode == 201 for entry in trade.log))
        assert trade.orderStatus.status == "Inactive"

    with_client(version, task)
