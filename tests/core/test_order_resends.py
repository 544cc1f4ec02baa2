from __future__ import annotations

from typing import Any

import pytest

from tests.core.rig import OrderRig, asked, of, rows
from tests.core.test_order_groups import place as place_group
from twsbridge.protocol import commands
from twsbridge_server.core import effects as fx
from twsbridge_server.core.breaks import Breaks
from twsbridge_server.core.order_resends import OrderResends
from twsbridge_server.core.order_watch import OrderWatch
from twsbridge_server.core.restored import Restored


def absent(status: str = "NOT_FOUND") -> OrderRig:
    """An order that two sweeps have not found."""
    rig = OrderRig()
    rig.place()
    record = rig.orders.by_order_id(1)
    assert record is not None
    rig.orders.update(record, rig.now, status=status)
    return rig


def resend(rig: OrderRig, key: str = "k1", name: str = "alice", **more: Any) -> list[fx.Effect]:
    command = commands.ResendOrder(client_order_id=key, **more)
    resends = OrderResends(rig.orders, rig.placements, rig.admission)
    return rig.sent(resends.resend(asked(command, name=name), command, rig.now))


def reply(effects: list[fx.Effect]) -> fx.SendReply:
    (only,) = of(fx.SendReply, effects)
    return only


def test_the_next_attempt_has_a_new_order_id_and_reference_and_is_on_disk_first() -> None:
    rig = absent()
    effects = resend(rig)
    (sent,) = [i for i, e in enumerate(effects) if isinstance(e, fx.CallTws)]
    first = rig.orders.by_order_id(1)
    assert first is not None
    call = of(fx.CallTws, effects)[0].call
    assert call.order_id == 2 and call.order_ref != first.order_ref
    assert call.order == first.state.order
    (row,) = rows(effects[:sent], fx.OrderRow)
    assert row.body["state"]["attempt"] == 2 and row.body["state"]["client_order_id"] == "k1"
    assert reply(effects).body.order.order_id == 2


def test_said_twice_it_is_done_once() -> None:
    rig = absent()
    resend(rig)
    again = resend(rig)
    assert not of(fx.CallTws, again) and not of(fx.AppendJournal, again)
    assert reply(again).body.duplicate and reply(again).body.order.order_id == 2


@pytest.mark.parametrize("status", ["PendingSubmit", "UNKNOWN", "Submitted", "Filled", "Cancelled", "Rejected"])
def test_an_order_in_any_other_state_is_not_sent_again(status: str) -> None:
    effects = resend(absent(status))
    assert reply(effects).error.code == "order.not_resendable" and len(effects) == 1


def test_an_attempt_that_does_not_exist_yet_is_refused() -> None:
    assert reply(resend(absent(), attempt=2)).error.code == "order.not_resendable"


def test_another_s_key_is_no_order() -> None:
    assert reply(resend(absent(), name="bob")).error.code == "order.not_found"


@pytest.mark.parametrize("trouble", ["link_lost", "lost"])
def test_only_while_the_session_is_ready(trouble: str) -> None:
    rig = absent()
    getattr(rig.session, trouble)("gone", rig.now)
    effects = resend(rig)
    assert reply(effects).error.code in ("tws.link_down", "tws.disconnected") and len(effects) == 1


def test_a_member_of_a_group_is_not_sent_again_alone() -> None:
    rig = OrderRig()
    place_group(rig)
    record = rig.orders.by_order_id(2)
    assert record is not None
    rig.orders.update(record, rig.now, status="NOT_FOUND")
    assert reply(resend(rig, "t")).error.code == "order.not_resendable"


def test_the_key_leads_to_the_last_attempt_also_after_a_restart() -> None:
    rig = absent()
    effects = resend(rig)
    first = rig.orders.by_order_id(1)
    assert first is not None
    kept = {"b:1": first.body(), **{row.row_key: row.body for row in rows(effects, fx.OrderRow)}}
    for order in (kept, dict(reversed(kept.items()))):
        again = OrderRig(Restored(epoch="e" * 16, next_order_id=3, orders=order))
        record = again.orders.by_key("alice", "k1")
        assert record is not None and record.state.order_id == 2


def test_the_first_attempt_that_lives_after_all_is_an_alarm() -> None:
    rig = absent()
    breaks = Breaks(rig.sequencer)
    rig.orders.listeners.append(OrderWatch(rig.orders, breaks, rig.sequencer).changed)
    resend(rig)
    rig.open_order(2)
    assert breaks.rows() == []
    rig.open_order(1)
    (found,) = breaks.rows()
    assert (found.subject, found.order_id, found.client_order_id) == ("duplicate", 1, "k1")
    assert rig.status(2) == "Submitted"
