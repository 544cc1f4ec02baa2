"""The unmodified official client, with its own socket code and threads, against the simulator."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from ibapi.client import EClient
from ibapi.execution import ExecutionFilter
from ibapi.order_cancel import OrderCancel

import twssim
from tests.twssim.official import Recorder, errors, names, of, order, stock, story

PATIENCE = 15.0
Events = list[tuple[str, tuple[Any, ...]]]


class _Heard(list[tuple[str, tuple[Any, ...]]]):
    """A list that wakes whoever waits for an event."""

    def __init__(self) -> None:
        super().__init__()
        self.changed = threading.Condition()

    def append(self, event: tuple[str, tuple[Any, ...]]) -> None:
        with self.changed:
            super().append(event)
            self.changed.notify_all()


class Client:
    """EClient.connect(), run() and EReader as they are; callbacks are collected."""

    def __init__(self, port: int, client_id: int = 1) -> None:
        self.recorder = Recorder()
        self.recorder.events = self.heard = _Heard()
        self.api = EClient(self.recorder)
        self.api.connect("127.0.0.1", port, client_id)
        self._thread = threading.Thread(target=self.api.run)
        self._thread.start()

    def until(self, condition: Callable[[Events], object]) -> Events:
        """Everything heard so far, as soon as the condition holds."""
        with self.heard.changed:
            assert self.heard.changed.wait_for(lambda: condition(self.heard), PATIENCE), list(self.heard)
            return list(self.heard)

    def until_heard(self, name: str, times: int = 1) -> Events:
        return self.until(lambda events: names(events).count(name) >= times)

    def close(self) -> None:
        self.api.disconnect()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


@pytest.fixture(params=[176, 200, 203, 213, 225])
def tws(request: pytest.FixtureRequest) -> Iterator[twssim.SimulatedTws]:
    with twssim.run(server_version=request.param, snapshot_seconds=0.5) as running:
        yield running


@pytest.fixture
def client(tws: twssim.SimulatedTws) -> Iterator[Client]:
    connected = Client(tws.port)
    yield connected
    connected.close()


def test_connecting_gives_order_id_accounts_and_farm_notices(tws: twssim.SimulatedTws, client: Client) -> None:
    events = client.until(lambda heard: len(errors(heard)) == 3)
    assert client.api.serverVersion() == tws.call(lambda gateway: gateway.settings.server_version)
    assert of(events, "managedAccounts", "nextValidId") == [("DU1234567",), (1,)]
    assert errors(events) == [(-1, 2104), (-1, 2106), (-1, 2158)]


def test_account_positions_contracts_and_history(client: Client) -> None:
    api = client.api
    api.reqAccountSummary(1, "All", "AvailableFunds,BuyingPower,NetLiquidation,TotalCashValue")
    api.reqPositions()
    api.reqAccountUpdates(True, "DU1234567")
    api.reqContractDetails(2, stock("CSH2", "GBP", "LSE"))
    api.reqHistoricalData(3, stock("CSH2", "GBP", "LSE"), "", "3 M", "1 day", "TRADES", 1, 1, False, [])
    api.reqContractDetails(4, stock("NOSUCH"))
    for end in ("accountSummaryEnd", "positionEnd", "accountDownloadEnd", "contractDetailsEnd", "historicalDataEnd"):
        events = client.until_heard(end)
    assert {tag: (value, money) for _, _, tag, value, money in of(events, "accountSummary")}["NetLiquidation"] == (
        "100000.00",
        "GBP",
    )
    assert 60 <= names(events).count("historicalData") <= 66
    assert of(events, "contractDetails")[0][1].contract.currency == "GBP"
    client.until(lambda heard: (4, 200) in errors(heard))


def test_market_data_stream_and_snapshot(client: Client) -> None:
    client.api.reqMktData(1, stock(), "", False, False, [])
    client.api.reqMktData(2, stock("NVDA"), "", True, False, [])
    events = client.until_heard("tickSnapshotEnd")
    assert {1, 2} == {arguments[0] for arguments in of(events, "tickPrice")}
    seen = len(of(events, "tickSize"))
    client.until_heard("tickSize", seen + 5)
    client.api.cancelMktData(1)
    client.api.cancelMktData(2)
    client.until(lambda heard: (2, 300) in errors(heard))


def test_an_order_from_placing_to_commission(tws: twssim.SimulatedTws, client: Client) -> None:
    client.until_heard("nextValidId")
    client.api.placeOrder(1, stock("NVDA"), order("MKT", "BUY", 1, orderRef="guide"))
    events = client.until_heard("commissionAndFeesReport")
    assert story(events) == [
        *["open PreSubmitted", "status PreSubmitted 0/1"] * 2,
        "exec 1",
        *["open Filled", "status Filled 1/0"] * 2,
        "commission",
    ]
    (record,) = tws.ledger.of("execution")
    ((_, _, execution),) = of(events, "execDetails")
    assert (record["exec_id"], record["order_ref"], float(record["price"])) == (
        execution.execId,
        "guide",
        execution.price,
    )
    client.api.reqExecutions(9, ExecutionFilter())
    assert len(of(client.until_heard("execDetailsEnd"), "execDetails")) == 2


def test_modify_cancel_and_lists_of_orders(client: Client) -> None:
    api = client.api
    client.until_heard("nextValidId")
    api.placeOrder(1, stock("NVDA"), order("LMT", "BUY", 1, limit=10.0))
    client.until(lambda heard: "status Submitted 0/1" in story(heard))
    api.placeOrder(1, stock("NVDA"), order("LMT", "BUY", 5, limit=10.0))
    client.until(lambda heard: "status Submitted 0/5" in story(heard))
    api.reqOpenOrders()
    events = client.until_heard("openOrderEnd")
    assert of(events, "openOrder")[-1][2].totalQuantity == Decimal(5)
    api.cancelOrder(1, OrderCancel())
    client.until(lambda heard: (1, 202) in errors(heard))
    api.placeOrder(2, stock(), order("STP", "SELL", 5, stop=10.0))
    client.until(lambda heard: 2 in [arguments[0] for arguments in of(heard, "orderStatus")])
    api.reqGlobalCancel(OrderCancel())
    client.until(lambda heard: (2, 202) in errors(heard))
    api.cancelOrder(99, OrderCancel())
    client.until(lambda heard: (99, 10147) in errors(heard))
    api.reqCompletedOrders(False)
    assert len(of(client.until_heard("completedOrdersEnd"), "completedOrder")) == 2


def test_a_client_id_in_use(tws: twssim.SimulatedTws, client: Client) -> None:
    client.until_heard("nextValidId")
    second = Client(tws.port)
    second.until(lambda heard: (-1, 326) in errors(heard))
    second.until_heard("connectionClosed")
    second.close()


def test_a_dropped_connection_is_noticed_and_the_order_lives_on(tws: twssim.SimulatedTws, client: Client) -> None:
    client.until_heard("nextValidId")
    client.api.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    client.until_heard("openOrder")
    tws.drop_connections()
    client.until_heard("connectionClosed")
    again = Client(tws.port)
    try:
        assert of(again.until_heard("nextValidId"), "nextValidId") == [(2,)]
        again.api.reqAllOpenOrders()
        assert of(again.until_heard("openOrderEnd"), "openOrder")[0][0] == 1
    finally:
        again.close()
