"""ib_async, connected directly: its own event loop, Ticker and Trade objects, events of updates."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Coroutine
from typing import Any

from ib_async import IB, Contract, LimitOrder, StartupFetch, Ticker, Trade

from tests.benchmarks.contender import LIMIT_PRICE, PATIENCE_S, TakeTicks

FETCHED = StartupFetch.POSITIONS | StartupFetch.ORDERS_OPEN | StartupFetch.ACCOUNT_UPDATES


class Asynchronous:
    """One IB object for each connection, all on one event loop."""

    def __init__(self, first_client_id: int) -> None:
        self._client_ids = itertools.count(first_client_id)
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(asyncio.wait_for(work, PATIENCE_S))

    def open(self, target: str) -> None:
        self._ib = IB()
        self._ib.client.MaxRequests = 0
        self._do(self._ib.connectAsync("127.0.0.1", int(target), next(self._client_ids), fetchFields=FETCHED))
        self._contract = Contract(conId=265598, exchange="SMART", secType="STK", currency="USD", symbol="AAPL")

    def close(self) -> None:
        self._ib.disconnect()

    def watch(self, con_ids: list[int], take: TakeTicks, finished: threading.Event) -> None:
        def updated(tickers: set[Ticker]) -> None:
            for ticker in tickers:
                take([(tick.tickType, tick.price) for tick in ticker.ticks])

        async def until_finished() -> None:
            await self._loop.run_in_executor(None, finished.wait)

        self._ib.pendingTickersEvent += updated
        for con_id in con_ids:
            self._ib.reqMktData(Contract(conId=con_id, exchange="SMART"))
        self._loop.run_until_complete(until_finished())
        self._ib.pendingTickersEvent -= updated

    def place(self) -> None:
        self._trade = self._ib.placeOrder(self._contract, LimitOrder("BUY", 1, LIMIT_PRICE))
        self._do(_reaches(self._trade, {"PreSubmitted", "Submitted"}))

    def cancel(self) -> None:
        self._ib.cancelOrder(self._trade.order)
        self._do(_reaches(self._trade, {"Cancelled"}))

    def ask(self) -> None:
        self._do(self._ib.reqCurrentTimeAsync())


async def _reaches(trade: Trade, statuses: set[str]) -> None:
    while trade.orderStatus.status not in statuses:
        await trade.statusEvent
