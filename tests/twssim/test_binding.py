"""Manual orders that client 0 takes over."""

from __future__ import annotations

import pytest

from tests.twssim.official import VERSIONS, OfficialClient, errors, gateway, names, of
from twssim.faults import Faults
from twssim.gateway import Gateway


class Screen:
    """A TWS at whose screen somebody enters orders, and a client of it."""

    def __init__(self, version: int, client_id: int = 0) -> None:
        self.tws: Gateway = gateway()
        self.faults = Faults(self.tws)
        self.client = OfficialClient(self.tws, client_id, version)
        self.client.after(1.0)

    def enter(self, **fields: str) -> None:
        self.faults.apply("manual_order", symbol="AAPL", **{"limit_price": "1", **fields})


@pytest.mark.parametrize("version", VERSIONS)
def test_new_manual_orders_are_bound_to_client_zero_on_request(version: int) -> None:
    screen = Screen(version)
    screen.client.reqAutoOpenOrders(True)
    screen.enter()
    screen.enter()
    events = screen.client.after(1.0)
    first, second = of(events, "orderBound")
    assert [row[1:] for row in (first, second)] == [(0, -1), (0, -2)]
    opened = of(events, "openOrder")
    assert {(row[0], row[2].permId) for row in opened} == {(-1, first[0]), (-2, second[0])}
    assert names(events)[0] == "orderBound"
    screen.client.cancel(-1)
    assert errors(screen.client.after(1.0)) == [(-1, 202)]
    screen.client.reqAutoOpenOrders(False)
    screen.enter()
    assert of(screen.client.after(1.0), "orderBound") == []


@pytest.mark.parametrize("version", VERSIONS)
def test_asking_for_open_orders_binds_those_there_are(version: int) -> None:
    screen = Screen(version)
    screen.enter()
    screen.client.after(1.0)
    screen.client.reqAllOpenOrders()
    assert {row[0] for row in of(screen.client.take(), "openOrder")} == {0}
    screen.client.reqOpenOrders()
    events = screen.client.take()
    assert names(events) == ["orderBound", "openOrder", "orderStatus", "openOrderEnd"]
    assert of(events, "openOrder")[0][0] == -1
    screen.client.reqOpenOrders()
    assert names(screen.client.take()) == ["openOrder", "orderStatus", "openOrderEnd"]


def test_others_may_not_and_bind_nothing() -> None:
    screen = Screen(200, client_id=1)
    screen.enter()
    screen.client.reqAutoOpenOrders(True)
    screen.client.reqOpenOrders()
    events = screen.client.take()
    assert errors(events) == [(-1, 327)] and names(events)[-1] == "openOrderEnd" and "openOrder" not in names(events)


def test_a_bound_order_keeps_its_id_and_its_fills_over_a_restart() -> None:
    screen = Screen(200)
    screen.enter()
    screen.client.reqOpenOrders()
    again = gateway(records=screen.tws.ledger.records)
    (kept,) = again.orders.working(0)
    assert kept.order_id == -1 and again.orders.find(0, -1) is kept
    assert len(list(again.orders)) == 1 and again.orders.next_valid_id(0) == 1


@pytest.mark.parametrize("api_only", [True, False])
def test_completed_manual_orders_are_no_api_orders(api_only: bool) -> None:
    screen = Screen(200)
    screen.faults.apply("manual_order", symbol="AAPL", side="BUY")
    screen.client.after(5.0)
    screen.client.reqCompletedOrders(api_only)
    assert len(of(screen.client.take(), "completedOrder")) == (0 if api_only else 1)
