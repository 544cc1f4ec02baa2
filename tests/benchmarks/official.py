"""The official ibapi, connected directly: its own reader thread, queue and run loop, callbacks overridden."""

from __future__ import annotations

import itertools
import queue
import threading
from typing import Any

from ibapi.client import EClient
from ibapi.contract import Contract
from ibapi.order import Order
from ibapi.order_cancel import OrderCancel
from ibapi.wrapper import EWrapper

from tests.benchmarks.contender import LIMIT_PRICE, PATIENCE_S, TakeTicks


class OfficialClient(EWrapper, EClient):
    """Callbacks put what a caller waits for into `heard`, or give ticks to `take`."""

    def __init__(self) -> None:
        EClient.__init__(self, self)
        self.heard: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self.take: TakeTicks = lambda ticks: None

    def nextValidId(self, orderId: int) -> None:
        self.heard.put(("next", orderId))

    def orderStatus(self, orderId: int, status: str, *rest: Any) -> None:
        self.heard.put((status, orderId))

    def currentTime(self, time_now: int) -> None:
        self.heard.put(("time", time_now))

    def tickPrice(self, reqId: int, tickType: int, price: float, attrib: Any) -> None:
        self.take(((tickType, price),))

    def tickSize(self, reqId: int, tickType: int, size: Any) -> None:
        self.take(((tickType, size),))

    def tickString(self, reqId: int, tickType: int, value: str) -> None:
        self.take(((tickType, value),))

    def error(self, *arguments: Any) -> None:
        """Notices of farms; nothing else happens in a benchmark."""

    def wait_for(self, *names: str) -> int:
        while True:
            name, value = self.heard.get(timeout=PATIENCE_S)
            if name in names:
                return int(value)


class Official:
    """A new EClient for each connection, with a client id that TWS cannot still think to be in use."""

    def __init__(self, first_client_id: int) -> None:
        self._client_ids = itertools.count(first_client_id)

    def open(self, target: str) -> None:
        self._client = OfficialClient()
        self._client.connect("127.0.0.1", int(target), next(self._client_ids))
        self._thread = threading.Thread(target=self._client.run, daemon=True)
        self._thread.start()
        self._order_ids = itertools.count(self._client.wait_for("next"))

    def close(self) -> None:
        self._client.disconnect()
        self._thread.join(PATIENCE_S)

    def watch(self, con_ids: list[int], take: TakeTicks, finished: threading.Event) -> None:
        self._client.take = take
        for req_id, con_id in enumerate(con_ids, 1):
            self._client.reqMktData(req_id, _contract(con_id), "", False, False, [])
        finished.wait()
        self._client.take = lambda ticks: None

    def place(self) -> None:
        order = Order()
        order.action, order.orderType, order.totalQuantity, order.lmtPrice = "BUY", "LMT", 1, LIMIT_PRICE
        self._order_id = next(self._order_ids)
        self._client.placeOrder(self._order_id, _contract(265598), order)
        self._client.wait_for("PreSubmitted", "Submitted")

    def cancel(self) -> None:
        self._client.cancelOrder(self._order_id, OrderCancel())
        self._client.wait_for("Cancelled")

    def ask(self) -> None:
        self._client.reqCurrentTime()
        self._client.wait_for("time")


def _contract(con_id: int) -> Contract:
    contract = Contract()
    contract.conId, contract.exchange = con_id, "SMART"
    return contract
