from __future__ import annotations

from tests.core.rig import OrderRig, of
from tests.core.test_order_groups import place as place_group
from twsbridge_server.core import effects as fx
from twsbridge_server.core.breaks import Breaks
from twsbridge_server.core.order_watch import OrderWatch


def watched() -> tuple[OrderRig, Breaks]:
    rig = OrderRig()
    breaks = Breaks(rig.sequencer)
    rig.orders.listeners.append(OrderWatch(rig.orders, breaks, rig.sequencer).changed)
    return rig, breaks


def become(rig: OrderRig, order_id: int, status: str) -> list[fx.PublishEvent]:
    record = rig.orders.by_order_id(order_id)
    assert record is not None
    return [
        e for e in of(fx.PublishEvent, rig.orders.update(record, rig.now, status=status)) if e.type == "group.broken"
    ]


def test_a_group_that_lacks_an_order_while_others_live_is_said() -> None:
    rig, _ = watched()
    place_group(rig)
    rig.open_order(1)
    rig.open_order(2)
    (event,) = become(rig, 3, "Rejected")
    assert event.body["order_id"] == 3 and event.body["status"] == "Rejected"
    assert event.body["statuses"] == {"1": "Submitted", "2": "Submitted", "3": "Rejected"}


def test_a_partly_sent_group_is_said_whichever_order_is_found_last() -> None:
    rig, _ = watched()
    place_group(rig)
    for order_id in (1, 2, 3):
        become(rig, order_id, "UNKNOWN")
    become(rig, 2, "NOT_FOUND")
    (event,) = [e for e in of(fx.PublishEvent, rig.open_order(1)) if e.type == "group.broken"]
    assert event.body["order_id"] == 2


def test_a_group_that_is_not_there_at_all_is_no_broken_group() -> None:
    rig, _ = watched()
    place_group(rig)
    assert [become(rig, order_id, "NOT_FOUND") for order_id in (1, 2, 3)] == [[], [], []]


def test_a_group_that_ends_as_it_should_is_silent() -> None:
    rig, _ = watched()
    place_group(rig)
    for order_id in (1, 2, 3):
        rig.open_order(order_id)
    for order_id, status in ((1, "Submitted"), (1, "Filled"), (2, "Filled"), (3, "Cancelled")):
        assert become(rig, order_id, status) == []


def test_a_single_order_is_nobody_s_group() -> None:
    rig, _ = watched()
    rig.place()
    assert become(rig, 1, "Rejected") == []


def test_a_second_order_that_tws_makes_of_a_change_is_told_and_kept_apart() -> None:
    """nautilus_trader#4564: the same order id and reference, another perm id; both fill."""
    rig, breaks = watched()
    rig.place()
    rig.open_order()
    effects = rig.open_order(perm_id=999)
    (found,) = breaks.rows()
    assert (found.subject, found.client_order_id, found.actual) == ("duplicate", "k1", 10)
    (event,) = [each for each in of(fx.PublishEvent, effects) if each.type != "order"]
    ours, twin = rig.orders.by_order_id(1), rig.orders.find(client_id=1, order_id=1, perm_id=999, order_ref="")
    assert ours is not None and twin is not None
    assert ours.state.perm_id == 901 and not twin.is_ours
    assert event.type not in {each.type for each in of(fx.PublishEvent, rig.open_order(perm_id=999))}
