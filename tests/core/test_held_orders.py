from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.rig import OrderRig, of
from tests.core.test_order_groups import group
from tests.core.test_order_groups import place as place_group
from twsbridge_server.core import calls
from twsbridge_server.core import effects as fx
from twsbridge_server.core.held_orders import HeldOrders


@pytest.fixture
def rig() -> OrderRig:
    rig = OrderRig()
    rig.orders.listeners.append(HeldOrders(rig.orders, rig.reconcile).changed)
    place_group(rig)
    return rig


def become(rig: OrderRig, order_id: int, status: str) -> list[int]:
    """The orders that are cancelled when this one becomes so."""
    record = rig.orders.by_order_id(order_id)
    assert record is not None
    return cancelled(rig.orders.update(record, rig.now, status=status))


def cancelled(effects: list[fx.Effect]) -> list[int]:
    return [call.call.order_id for call in of(fx.CallTws, effects) if isinstance(call.call, calls.CancelOrder)]


@pytest.mark.parametrize("end", ["Rejected", "NOT_FOUND"])
def test_what_tws_holds_for_an_order_that_is_not_there_is_cancelled_once(rig: OrderRig, end: str) -> None:
    rig.open_order(1, "PreSubmitted")
    rig.open_order(2, "PreSubmitted")
    assert become(rig, 3, end) == [1, 2]
    assert become(rig, 1, "PendingCancel") == [] and become(rig, 1, "Cancelled") == []


def test_one_that_is_shown_afterwards_is_cancelled_then(rig: OrderRig) -> None:
    assert become(rig, 3, "Rejected") == []
    assert cancelled(rig.open_order(1, "PreSubmitted")) == [1]


def test_a_group_whose_last_order_came_was_transmitted_and_is_left_to_its_owner(rig: OrderRig) -> None:
    for order_id in (1, 2, 3):
        rig.open_order(order_id, "PreSubmitted")
    assert become(rig, 3, "Rejected") == []
    assert become(rig, 2, "Rejected") == []


def test_an_order_that_works_or_has_filled_is_never_touched(rig: OrderRig) -> None:
    rig.open_order(1, "Submitted")
    rig.open_order(2, "PreSubmitted")
    record = rig.orders.by_order_id(2)
    assert record is not None
    rig.orders.update(record, rig.now, filled=Decimal(1))
    assert become(rig, 3, "Rejected") == []


def test_without_tws_nothing_is_sent_and_it_is_made_good_later(rig: OrderRig) -> None:
    rig.open_order(1, "PreSubmitted")
    rig.reconcile.lost()
    assert become(rig, 3, "Rejected") == []
    rig.reconcile.can_ask = True
    assert cancelled(rig.order_status(1, "PendingSubmit")) == [1]


def test_an_oca_group_holds_nothing() -> None:
    rig = OrderRig()
    rig.orders.listeners.append(HeldOrders(rig.orders, rig.reconcile).changed)
    place_group(rig, group("oca"))
    rig.open_order(1, "PreSubmitted")
    assert become(rig, 3, "Rejected") == []
