"""What the official client is told when TWS loses IB's servers, a farm, or its market data."""

from __future__ import annotations

import pytest
from ibapi.execution import ExecutionFilter

from tests.twssim.fault_rig import FaultRig
from tests.twssim.official import errors, names, of, order, stock, story

TICKS = {"tickPrice", "tickSize", "tickString", "tickGeneric"}


def test_reports_come_after_the_link_is_back() -> None:
    rig = FaultRig()
    rig.client.placeOrder(1, stock(), order("MKT", "BUY", 3))
    rig.faults.apply("link", seconds=10.0)
    during = rig.client.after(9.0)
    assert errors(during) == [(-1, 1100)] and len(during) == 1
    assert rig.tws.ledger.of("execution"), "the exchange goes on"
    after = rig.client.after(2.0)
    assert errors(after)[0] == (-1, 1102)
    assert story(after)[:2] == ["open PreSubmitted", "status PreSubmitted 0/3"]
    assert sum(fill[2].shares for fill in of(after, "execDetails")) == 3


def test_a_backlog_can_be_lost_but_not_the_fills() -> None:
    rig = FaultRig()
    rig.faults.apply("link", seconds=10.0, backlog="lose")
    rig.client.placeOrder(1, stock(), order("MKT", "BUY", 3))
    assert story(rig.client.after(20.0)) == []
    assert not rig.tws.ledger.of("order")
    rig.client.placeOrder(2, stock(), order("MKT", "BUY", 3))
    rig.faults.apply("link", seconds=10.0, backlog="lose")
    assert story(rig.client.after(20.0)) == []
    rig.client.reqExecutions(7, ExecutionFilter())
    assert sum(fill[2].shares for fill in of(rig.client.after(1.0), "execDetails")) == 3


def test_orders_sent_meanwhile_are_placed_afterwards() -> None:
    rig = FaultRig()
    rig.faults.apply("link")
    rig.client.placeOrder(1, stock(), order("MKT", "BUY", 3))
    rig.client.reqOpenOrders()
    rig.client.reqCurrentTime()
    assert names(rig.client.after(5.0)) == ["error", "currentTime"]
    assert not rig.tws.ledger.of("order")
    rig.faults.clear("link")
    assert "status Filled 3/0" in story(rig.client.after(5.0))


@pytest.mark.parametrize(("subscriptions", "code"), [("keep", 1102), ("lose", 1101)])
def test_subscriptions_are_kept_or_lost(subscriptions: str, code: int) -> None:
    rig = FaultRig()
    rig.client.reqMktData(5, stock(), "", False, False, [])
    assert TICKS & set(names(rig.client.after(5.0)))
    rig.faults.apply("link", subscriptions=subscriptions)
    assert names(rig.client.after(5.0)) == ["error"]
    rig.faults.clear()
    events = rig.client.after(5.0)
    assert errors(events) == [(-1, code)]
    assert bool(TICKS & set(names(events))) == (subscriptions == "keep")


@pytest.mark.parametrize(
    ("name", "codes"), [("market", (2103, 2104)), ("history", (2105, 2106)), ("secdef", (2157, 2158))]
)
def test_farms_flap(name: str, codes: tuple[int, int]) -> None:
    rig = FaultRig()
    rig.faults.apply("farm", name=name, seconds=3.0)
    assert errors(rig.client.take()) == [(-1, codes[0])]
    assert errors(rig.client.after(4.0)) == [(-1, codes[1])]


def test_a_broken_farm_sends_no_ticks() -> None:
    rig = FaultRig()
    rig.client.reqMktData(5, stock(), "", False, False, [])
    rig.client.after(2.0)
    rig.faults.apply("farm", name="market")
    assert not TICKS & set(names(rig.client.after(5.0)))
    rig.faults.clear()
    assert TICKS & set(names(rig.client.after(5.0)))


def test_a_competing_session_takes_the_data_for_a_while() -> None:
    rig = FaultRig()
    rig.client.reqMktData(5, stock(), "", False, False, [])
    rig.client.after(2.0)
    rig.faults.apply("competing_session")
    rig.client.reqMktData(6, stock("MSFT"), "", False, False, [])
    during = rig.client.after(5.0)
    assert errors(during) == [(5, 10197), (6, 10197)] and len(during) == 2
    rig.faults.clear()
    assert {event[1][0] for event in rig.client.after(5.0) if event[0] in TICKS} == {5, 6}
