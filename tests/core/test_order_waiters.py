from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.core.rig import OrderRig, of
from twsbridge.protocol.errors import make_error
from twsbridge_server.core import effects as fx
from twsbridge_server.core.order_waiters import too_late


def test_a_rejected_order_answers_with_tws_s_own_words() -> None:
    rig = OrderRig()
    rig.place(wait="filled")
    record = rig.orders.by_order_id(1)
    assert record is not None
    (reply,) = of(fx.SendReply, rig.orders.explain(record, 201, "no margin", 0, status="Rejected"))
    assert reply.error.code == "tws.rejected" and reply.error.tws_code == 201
    assert "no margin" in reply.error.msg


def test_lost_answers_all_but_placements() -> None:
    rig = OrderRig()
    rig.place(wait="filled")
    assert rig.commands.waiters.lost("gone") == []
    assert rig.commands.waiters.next_due() is not None


def test_what_is_too_late_names_the_order_and_is_unknown() -> None:
    rig = OrderRig()
    rig.place(wait="filled")
    (waiter,) = rig.commands.waiters.late(10**15)
    error = too_late(waiter).error
    assert error.outcome == "unknown" and error.details == {"order_id": 1}


def test_a_bridge_that_stops_leaves_nobody_waiting() -> None:
    rig = OrderRig()
    rig.place(wait="filled")
    (reply,) = of(fx.SendReply, rig.commands.waiters.stop("The bridge is shutting down"))
    assert (reply.error.code, reply.error.outcome) == ("br.stopped", "unknown")
    assert reply.error.details == {"order_id": 1} and len(rig.commands.waiters) == 0


WHAT = st.sampled_from(["open", "fill", "cancelled", "late", "refuse", "lost"])


@given(st.sampled_from(["durable", "acknowledged", "filled"]), st.lists(WHAT, max_size=12))
def test_every_placement_is_answered_exactly_once(wait: str, happens: list[str]) -> None:
    rig = OrderRig()
    effects = rig.place(wait=wait)
    record = rig.orders.by_order_id(1)
    assert record is not None
    for what in [*happens, "late"]:
        match what:
            case "open":
                effects += rig.open_order()
            case "fill":
                effects += rig.order_status(status="Filled", filled=Decimal(5), remaining=Decimal(0))
            case "cancelled":
                effects += rig.order_status(status="Cancelled")
            case "refuse":
                error = make_error("tws.rejected", "no")
                effects += rig.commands.waiters.refuse(record, error, "order.place")
            case "lost":
                effects += rig.commands.lost("gone", rig.now)
            case _:
                effects += rig.commands.due(10**15)
    assert len(of(fx.SendReply, effects)) == 1
