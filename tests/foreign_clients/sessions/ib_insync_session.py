"""A day with ib_async, or with ib_insync that it came from: `ib_insync_session.py PORT ib_async`."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from reporting import NOTICES, PATIENCE, report_complaints, tell

# Both make their objects in an event loop that is there at the time of import.
asyncio.set_event_loop(asyncio.new_event_loop())
api: Any = import_module(sys.argv[2])

CLIENT_ID = 3


class Session:
    """The client, the contracts, and which errors are expected."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.ib = self.new_ib()
        self.expected: set[tuple[int, int]] = set()
        self.errors: list[tuple[int, int, str]] = []
        self._judged = 0
        self.aapl, self.nvda = api.Stock("AAPL", "SMART", "USD"), api.Stock("NVDA", "SMART", "USD")
        self.csh2, self.euro = api.Stock("CSH2", "LSE", "GBP"), api.Forex("EURUSD")
        self.trades: list[Any] = []

    def new_ib(self) -> Any:
        """A client of its own that notes errors."""
        ib = api.IB()
        ib.RequestTimeout = PATIENCE
        ib.errorEvent += lambda req_id, code, text, contract: self.errors.append((req_id, code, text))
        return ib

    async def connect(self) -> None:
        await self.ib.connectAsync("127.0.0.1", self.port, clientId=CLIENT_ID, timeout=PATIENCE)

    async def until(self, condition: Callable[[], Any]) -> Any:
        """The first true value of a condition."""

        async def wait() -> Any:
            while not (value := condition()):
                await asyncio.sleep(0.005)
            return value

        return await asyncio.wait_for(wait(), PATIENCE)

    async def refused(self, code: int, req_id: int | None = None) -> None:
        """Wait in this step for an error, which is as it should be."""

        def found() -> list[tuple[int, int, str]]:
            return [each for each in self.errors[self._judged :] if each[1] == code and req_id in (None, each[0])]

        self.expected |= {each[:2] for each in await self.until(found)}

    def take_unexpected(self) -> list[tuple[int, int, str]]:
        """Errors since the last call that no step has expected."""
        told = self.errors[self._judged :]
        self._judged += len(told)
        return [each for each in told if each[1] not in NOTICES and each[:2] not in self.expected]

    def place(self, contract: Any, order: Any) -> Any:
        trade = self.ib.placeOrder(contract, order)
        self.trades.append(trade)
        return trade

    async def becomes(self, trade: Any, *statuses: str) -> None:
        await self.until(lambda: trade.orderStatus.status in statuses)

    async def cancel(self, trade: Any) -> None:
        self.expected.add((trade.order.orderId, 202))
        self.ib.cancelOrder(trade.order)
        await self.becomes(trade, "Cancelled")


async def connect(session: Session) -> None:
    await session.connect()
    ib = session.ib
    await session.until(lambda: {2104, 2106, 2158} <= {code for _, code, _ in session.errors})
    assert await ib.reqCurrentTimeAsync()
    ib.client.setServerLogLevel(2)


async def account(session: Session) -> None:
    ib = session.ib
    rows = {row.tag: row for row in await ib.accountSummaryAsync()}
    assert rows["NetLiquidation"].currency == "GBP"
    assert {"BASE", "GBP"} <= {row.currency for row in ib.accountValues()}
    await ib.reqAccountUpdatesMultiAsync(ib.managedAccounts()[0], "")


async def positions(session: Session) -> None:
    assert await session.ib.reqPositionsAsync() == []


async def contract_details(session: Session) -> None:
    ib = session.ib
    known = (session.aapl, session.nvda, session.csh2, session.euro)
    assert len(await ib.qualifyContractsAsync(*known)) == len(known)
    for wanted in (api.Future("ES", exchange="CME"), api.Option("SPY", exchange="SMART", currency="USD")):
        found = await ib.reqContractDetailsAsync(wanted)
        assert found and all(each.contract.conId and each.tradingHours for each in found), wanted
    assert await ib.reqContractDetailsAsync(api.Stock("NOSUCH", "SMART", "USD")) == []
    await session.refused(200)


async def history(session: Session) -> None:
    ib = session.ib
    days = await ib.reqHistoricalDataAsync(session.csh2, "", "3 M", "1 day", "TRADES", True)
    assert 60 <= len(days) <= 66 and days[0].date < days[-1].date
    hours = await ib.reqHistoricalDataAsync(session.aapl, "", "2 D", "1 hour", "TRADES", True, formatDate=2)
    fx = await ib.reqHistoricalDataAsync(session.euro, "", "1 D", "5 mins", "MIDPOINT", False)
    for bars in (days, hours, fx):
        assert bars and all(bar.low <= min(bar.open, bar.close) <= bar.high for bar in bars)
    kept = await ib.reqHistoricalDataAsync(session.aapl, "", "1 D", "1 min", "TRADES", False, keepUpToDate=True)
    updates: list[bool] = []
    kept.updateEvent += lambda bars, is_new: updates.append(is_new)
    await session.until(lambda: updates)
    ib.cancelHistoricalData(kept)
    await session.refused(162)


async def reference(session: Session) -> None:
    ib, aapl = session.ib, session.aapl
    assert await ib.reqHeadTimeStampAsync(aapl, "TRADES", True, 1)
    assert await ib.reqHistogramDataAsync(aapl, True, "3 days")
    if ib.client.serverVersion() >= 165:
        assert len((await ib.reqHistoricalScheduleAsync(aapl, 5)).sessions) == 5
    symbols = await ib.reqMatchingSymbolsAsync("APPL")
    assert "AAPL" in [each.contract.symbol for each in symbols]
    chains = await ib.reqSecDefOptParamsAsync("AAPL", "", "STK", aapl.conId)
    assert chains and all(each.expirations and each.strikes for each in chains)
    ticker = ib.reqMktData(aapl)
    await session.until(lambda: ticker.bboExchange)
    ib.cancelMktData(aapl)
    assert await ib.reqSmartComponentsAsync(ticker.bboExchange)
    (details,) = await ib.reqContractDetailsAsync(aapl)
    assert await ib.reqMarketRuleAsync(int(details.marketRuleIds.split(",")[0]))


async def options(session: Session) -> None:
    ib = session.ib
    option = (await ib.reqContractDetailsAsync(api.Option("SPY", exchange="SMART", currency="USD")))[0].contract
    ticker = ib.reqMktData(option)
    await session.until(lambda: ticker.bidGreeks and ticker.askGreeks and ticker.modelGreeks)
    model = ticker.modelGreeks
    ib.cancelMktData(option)
    valued = await ib.calculateOptionPriceAsync(option, model.impliedVol, model.undPrice)
    assert abs(valued.optPrice - model.optPrice) < 0.01
    implied = await ib.calculateImpliedVolatilityAsync(option, model.optPrice, model.undPrice)
    assert abs(implied.impliedVol - model.impliedVol) < 0.01


async def login(session: Session) -> None:
    ib = session.ib
    if ib.client.serverVersion() >= 167:
        await ib.reqUserInfoAsync()
    if ib.client.serverVersion() >= 161:
        assert await ib.getWshMetaDataAsync()


async def ticks(session: Session) -> None:
    ib = session.ib
    stock, fx = ib.reqMktData(session.aapl), ib.reqMktData(session.euro)
    await session.until(lambda: 0 < stock.bid < stock.ask and stock.last > 0 and stock.close > 0 and stock.minTick)
    await session.until(lambda: 0 < fx.bid < fx.ask)
    first = stock.time
    await session.until(lambda: stock.time != first)
    (snapshot,) = await ib.reqTickersAsync(session.nvda)
    assert snapshot.bid > 0
    ib.cancelMktData(session.aapl)
    ib.cancelMktData(session.euro)


async def depth(session: Session) -> None:
    ib = session.ib
    assert await ib.reqMktDepthExchangesAsync()
    nasdaq = api.Stock("AAPL", "NASDAQ", "USD")
    await ib.qualifyContractsAsync(nasdaq)
    books = ((session.aapl, True), (nasdaq, False), (session.csh2, False))
    for contract, smart in books:
        ticker = ib.reqMktDepth(contract, 5, smart)
        await session.until(lambda ticker=ticker: len(ticker.domBids) == len(ticker.domAsks) == 5)
        assert ticker.domBids[0].price < ticker.domAsks[0].price
        first = ticker.time
        await session.until(lambda ticker=ticker, first=first: ticker.time != first)
        ib.cancelMktDepth(contract, smart)
    await session.refused(2152)


async def tick_by_tick(session: Session) -> None:
    ib = session.ib
    for kind in ("Last", "AllLast", "BidAsk", "MidPoint"):
        ticker, seen = ib.reqTickByTickData(session.aapl, kind), []
        ticker.updateEvent += lambda ticker, seen=seen: seen.extend(ticker.tickByTicks)
        await session.until(lambda seen=seen: len(seen) >= 3)
        ib.cancelTickByTickData(session.aapl, kind)
    for show in ("TRADES", "BID_ASK", "MIDPOINT"):
        past = await ib.reqHistoricalTicksAsync(session.aapl, "20261123 15:00:00 UTC", "", 50, show, True)
        assert len(past) >= 50 and past[0].time <= past[-1].time


async def real_time_bars(session: Session) -> None:
    bars = session.ib.reqRealTimeBars(session.aapl, 5, "TRADES", False)
    await session.until(lambda: len(bars) >= 2)
    assert (bars[1].time - bars[0].time).total_seconds() == 5
    assert all(bar.low <= min(bar.open_, bar.close) <= bar.high for bar in bars)
    session.ib.cancelRealTimeBars(bars)


async def scanner(session: Session) -> None:
    ib = session.ib
    assert "TOP_PERC_GAIN" in await ib.reqScannerParametersAsync()
    scan = api.ScannerSubscription(instrument="STK", locationCode="STK.US.MAJOR", scanCode="TOP_PERC_GAIN")
    found = await ib.reqScannerDataAsync(scan)
    assert [each.rank for each in found] == list(range(len(found))) and found
    assert all(each.contractDetails.contract.conId for each in found)
    await session.refused(162)


async def news(session: Session) -> None:
    ib = session.ib
    codes = [each.code for each in await ib.reqNewsProvidersAsync()]
    past = await ib.reqHistoricalNewsAsync(session.aapl.conId, "+".join(codes), "", "", 5)
    # ib_async hands out the list, ib_insync the last of them.
    last = past[-1] if isinstance(past, list) else past
    assert last.providerCode in codes and last.headline
    assert (await ib.reqNewsArticleAsync(last.providerCode, last.articleId)).articleText
    ib.reqNewsBulletins(True)
    ib.cancelNewsBulletins()


async def orders(session: Session) -> None:
    ib = session.ib
    bought = session.place(session.aapl, api.MarketOrder("BUY", 250, orderRef="bought"))
    await session.becomes(bought, "Filled")
    limit = session.place(session.nvda, api.LimitOrder("BUY", 10, 10, tif="GTC", orderRef="resting"))
    await session.becomes(limit, "Submitted")
    limit.order.totalQuantity, limit.order.lmtPrice = 20, 11
    ib.placeOrder(session.nvda, limit.order)
    await session.until(lambda: limit.orderStatus.remaining == 20)
    stop = session.place(session.nvda, api.StopOrder("SELL", 5, 10))
    await session.until(lambda: stop.orderStatus.whyHeld == "trigger")
    assert {each.order.orderId for each in await ib.reqOpenOrdersAsync()} == {limit.order.orderId, stop.order.orderId}
    await session.cancel(limit)
    session.expected.add((stop.order.orderId, 202))
    ib.reqGlobalCancel()
    await session.becomes(stop, "Cancelled")


async def refused_orders(session: Session) -> None:
    refusals = {
        201: (session.aapl, api.MarketOrder("BUY", 1_000_000)),
        200: (api.Stock("NOSUCH", "SMART", "USD"), api.MarketOrder("BUY", 1)),
        110: (session.aapl, api.LimitOrder("BUY", 1, 10.001)),
    }
    for code, (contract, order) in refusals.items():
        trade = session.ib.placeOrder(contract, order)
        await session.refused(code, trade.order.orderId)


async def what_if(session: Session) -> None:
    state = await session.ib.whatIfOrderAsync(session.aapl, api.MarketOrder("BUY", 10))
    assert float(state.initMarginChange) > 0


async def bracket(session: Session) -> None:
    ordered = session.ib.bracketOrder("BUY", 5, 20, 9000, 10)
    trades = [session.place(session.nvda, order) for order in ordered]
    for trade in trades:
        await session.becomes(trade, "Submitted", "PreSubmitted")
    session.expected |= {(trade.order.orderId, 202) for trade in trades}
    await session.cancel(trades[0])
    for trade in trades:
        await session.becomes(trade, "Cancelled")


async def executions(session: Session) -> None:
    ib = session.ib
    sold = session.place(session.aapl, api.MarketOrder("SELL", 50))
    await session.becomes(sold, "Filled")
    await session.until(lambda: all(fill.commissionReport.execId for fill in ib.fills()))
    assert len(await ib.reqExecutionsAsync()) == len(ib.fills())
    assert await ib.reqExecutionsAsync(api.ExecutionFilter(symbol="MSFT")) == []


async def profit(session: Session) -> None:
    ib = session.ib
    name = ib.managedAccounts()[0]
    whole, single = ib.reqPnL(name), ib.reqPnLSingle(name, "", session.aapl.conId)
    await session.until(lambda: whole.unrealizedPnL == whole.unrealizedPnL and single.position == 200)
    await session.until(lambda: [(each.contract.symbol, each.position) for each in ib.portfolio()] == [("AAPL", 200)])
    ib.cancelPnL(name)
    ib.cancelPnLSingle(name, "", session.aapl.conId)


async def completed_orders(session: Session) -> None:
    found = await session.ib.reqCompletedOrdersAsync(False)
    assert {"Filled", "Cancelled"} <= {trade.orderStatus.status for trade in found}
    assert {"bought", "resting"} <= {trade.order.orderRef for trade in found}


async def reconnect(session: Session) -> None:
    ib = session.ib
    resting = session.place(session.nvda, api.LimitOrder("BUY", 7, 12))
    await session.becomes(resting, "Submitted")
    gone = asyncio.Event()
    ib.disconnectedEvent += gone.set
    tell(ask="drop_connections")
    await asyncio.wait_for(gone.wait(), PATIENCE)
    await session.connect()
    (again,) = [trade for trade in ib.openTrades() if trade.order.permId == resting.order.permId]
    assert again.order.orderId == resting.order.orderId < ib.client.getReqId()
    session.trades.append(again)
    await session.cancel(again)


def saw(session: Session) -> dict[str, Any]:
    """What the client believes at the end."""
    ib, fills = session.ib, session.ib.fills()
    return {
        "server_version": ib.client.serverVersion(),
        "accounts": ib.managedAccounts(),
        "executions": {
            each.execution.execId: each.execution.shares * (1 if each.execution.side == "BOT" else -1) for each in fills
        },
        "commissions": {each.execution.execId: each.commissionReport.commission for each in fills},
        "positions": {each.contract.conId: each.position for each in ib.positions()},
        "statuses": {trade.order.orderId: trade.orderStatus.status for trade in session.trades},
    }


STEPS: list[Callable[[Session], Awaitable[None]]] = [
    connect,
    account,
    positions,
    contract_details,
    history,
    reference,
    options,
    login,
    ticks,
    depth,
    tick_by_tick,
    real_time_bars,
    scanner,
    news,
    orders,
    refused_orders,
    what_if,
    bracket,
    executions,
    profit,
    completed_orders,
    reconnect,
]


def told_as_error(record: logging.LogRecord) -> bool:
    """What comes through errorEvent as well, and the end of a connection that the session itself has asked for."""
    told = ("Error ", "Warning ", "Canceled order", "Peer closed connection", "Disconnecting")
    return record.getMessage().startswith(told)


async def main(port: int) -> None:
    report_complaints(told_as_error)
    session = Session(port)
    try:
        for step in STEPS:
            await step(session)
            for error in session.take_unexpected():
                tell(amiss=f"{step.__name__}: error {error}")
            tell(step=step.__name__)
        tell(saw=saw(session))
    finally:
        session.ib.disconnect()


if __name__ == "__main__":
    asyncio.get_event_loop().run_until_complete(main(int(sys.argv[1])))
