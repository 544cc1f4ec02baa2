"""What the official client sees of orders that TWS loses, holds, doubles, misreports, or has of its own."""

from __future__ import annotations

import pytest

from tests.twssim.fault_rig import FaultRig
from tests.twssim.official import errors, of, order, stock, story
from twssim.stage import FaultRefused


def resting(limit: float = 1.0) -> object:
    return order("LMT", "BUY", 5, limit=limit)


def test_a_lost_order_is_nowhere() -> None:
    rig = FaultRig()
    rig.faults.apply("lose_orders")
    rig.client.placeOrder(1, stock(), resting())
    rig.client.reqOpenOrders()
    assert [name for name, _ in rig.client.after(60.0)] == ["openOrderEnd"]
    assert not rig.tws.ledger.of("order")
    rig.faults.clear()
    rig.client.placeOrder(1, stock(), resting())
    assert "open Submitted" in story(rig.client.after(2.0))


def test_held_orders_go_on_when_they_are_let() -> None:
    rig = FaultRig()
    rig.faults.apply("hold_orders", seconds=120.0)
    rig.client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    assert rig.client.after(119.0) == []
    assert [record["event"] for record in rig.tws.ledger.of("order")] == ["accepted"]
    assert "status Filled 5/0" in story(rig.client.after(10.0))


@pytest.mark.parametrize("error_first", [True, False])
def test_a_refused_change_says_cancelled_and_is_not(error_first: bool) -> None:
    rig = FaultRig()
    rig.client.placeOrder(1, stock(), resting())
    rig.client.after(2.0)
    rig.faults.apply("cancelled_for_modify", error_first=error_first)
    rig.client.placeOrder(1, stock(), resting(1.5))
    told = ["error 201", "status Cancelled 0/5"]
    assert story(rig.client.after(2.0)) == (told if error_first else told[::-1])
    rig.client.reqOpenOrders()
    [(_, _, shown, _)] = of(rig.client.after(1.0), "openOrder")
    assert shown.lmtPrice == 1.0


def test_a_change_can_make_a_second_order() -> None:
    rig = FaultRig()
    rig.client.placeOrder(1, stock(), resting())
    rig.client.after(2.0)
    rig.faults.apply("duplicate_on_modify")
    rig.faults.apply("link", seconds=5.0)
    rig.client.placeOrder(1, stock(), resting(1.5))
    rig.client.after(10.0)
    rig.client.reqAllOpenOrders()
    shown = of(rig.client.after(1.0), "openOrder")
    assert [(order_id, found.lmtPrice) for order_id, _, found, _ in shown] == [(1, 1.0), (1, 1.5)]
    assert len({found.permId for _, _, found, _ in shown}) == 2


def test_order_ids_start_again() -> None:
    rig = FaultRig()
    rig.client.placeOrder(41, stock(), resting())
    rig.client.after(2.0)
    rig.faults.apply("reset_order_ids", next_valid_id=7)
    rig.client.reqIds(-1)
    assert of(rig.client.take(), "nextValidId") == [(7,)]
    rig.client.placeOrder(7, stock(), resting())
    assert errors(rig.client.after(2.0)) == []
    assert {each.order_id for each in rig.tws.orders.working()} == {41, 7}


def test_manual_orders_have_no_id() -> None:
    rig = FaultRig()
    screen = rig.join(0)
    for _ in range(2):
        rig.faults.apply("manual_order", symbol="AAPL", quantity="2", limit_price="1")
    screen.placeOrder(1, stock("MSFT"), order("MKT", "BUY", 1))
    assert {event[1][0] for event in screen.after(5.0) if event[0] == "openOrder"} == {0, 1}
    screen.cancel(1)
    rig.client.reqAllOpenOrders()
    shown = of(rig.client.after(1.0), "openOrder")
    assert [(order_id, found.clientId, found.totalQuantity) for order_id, _, found, _ in shown] == [(0, 0, 2)] * 2


def test_a_manual_market_order_fills_and_is_found_among_executions() -> None:
    rig = FaultRig()
    rig.faults.apply("manual_order", symbol="AAPL", side="SELL")
    rig.client.after(5.0)
    [fill] = rig.tws.ledger.of("execution")
    assert (fill["client_id"], fill["order_id"], fill["side"]) == (0, 0, "SLD")


@pytest.mark.parametrize(
    ("action", "arguments", "complaint"),
    [
        ("manual_order", {"symbol": "NOSUCH"}, "no stock NOSUCH"),
        ("manual_order", {"symbol": "AAPL", "quantity": "x"}, "quantity must be"),
        ("manual_order", {}, "needs symbol"),
        ("reset_order_ids", {"next_valid_id": 0}, "at least 1"),
    ],
)
def test_what_cannot_be_is_refused(action: str, arguments: dict[str, object], complaint: str) -> None:
    rig = FaultRig()
    with pytest.raises(FaultRefused, match=complaint):
        rig.faults.apply(action, None, **arguments)
