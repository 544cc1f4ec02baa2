from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.core.rig import BUY, CONTRACT, OrderRig, asked, of, rows
from twsbridge.protocol import commands
from twsbridge.protocol.models import Order
from twsbridge_server.core import calls
from twsbridge_server.core import effects as fx
from twsbridge_server.core.order_groups import OrderGroups
from twsbridge_server.core.restored import Restored

SELL = BUY.model_copy(update={"action": "SELL", "limit_price": 200.0})
STOP = Order(action="SELL", quantity=Decimal(5), order_type="STP", stop_price=180.0)


def group(kind: str = "bracket", **more: Any) -> commands.PlaceGroup:
    members = [
        commands.GroupMember(client_order_id=key, contract=CONTRACT, order=order)
        for key, order in (("p", BUY), ("t", SELL), ("s", STOP))
    ]
    return commands.PlaceGroup(**{"kind": kind, "members": members, **more})


def place(rig: OrderRig, command: commands.PlaceGroup | None = None) -> list[fx.Effect]:
    command = command or group()
    groups = OrderGroups(rig.orders, rig.placements, rig.admission)
    return rig.sent(groups.place(asked(command), command, rig.now))


def reply(effects: list[fx.Effect]) -> fx.SendReply:
    (only,) = of(fx.SendReply, effects)
    return only


def chain(effects: list[fx.Effect]) -> tuple[calls.PlaceOrder, ...]:
    (sent,) = of(fx.CallTws, effects)
    assert isinstance(sent.call, calls.PlaceGroup)
    return sent.call.orders


def test_everything_is_in_the_journal_before_one_write_to_tws() -> None:
    effects = place(OrderRig())
    (sent,) = [i for i, e in enumerate(effects) if isinstance(e, fx.CallTws)]
    assert [row.client_order_id for row in rows(effects[:sent], fx.IntentRow)] == ["p", "t", "s"]
    assert [row.row_key for row in rows(effects[:sent], fx.OrderRow)] == ["b:1", "b:2", "b:3"]
    assert not of(fx.AppendJournal, effects[sent:])


def test_only_the_last_of_a_bracket_is_transmitted_and_children_name_their_parent() -> None:
    orders = chain(place(OrderRig()))
    assert [(o.order_id, o.parent_id, o.transmit) for o in orders] == [(1, 0, False), (2, 1, False), (3, 1, True)]


def test_members_of_an_oca_group_share_a_name_that_no_other_group_has() -> None:
    rig = OrderRig()
    first = chain(place(rig, group("oca", oca_type=2)))
    assert len({o.oca_group for o in first}) == 1 and {(o.oca_type, o.transmit, o.parent_id) for o in first} == {
        (2, True, 0)
    }
    others = [m.model_copy(update={"client_order_id": m.client_order_id + "2"}) for m in group().members]
    second = chain(place(rig, group("oca", members=others)))
    assert second[0].oca_group != first[0].oca_group


def test_the_same_group_again_sends_nothing_and_answers_the_same() -> None:
    rig = OrderRig()
    first = reply(place(rig)).body.orders
    again = place(rig)
    assert not of(fx.CallTws, again) and not of(fx.AppendJournal, again)
    assert reply(again).body.orders == first and reply(again).body.duplicate


@pytest.mark.parametrize(
    "other", [group("oca"), group(members=group().members[:2]), group(members=group().members[1:])]
)
def test_keys_of_a_group_serve_for_no_other(other: commands.PlaceGroup) -> None:
    rig = OrderRig()
    place(rig)
    effects = place(rig, other)
    assert reply(effects).error.code == "idem.key_reused" and len(effects) == 1


def test_a_member_s_key_serves_for_no_single_order() -> None:
    rig = OrderRig()
    place(rig)
    assert reply(rig.place("p")).error.code == "idem.key_reused"


def test_a_group_is_known_after_a_restart() -> None:
    effects = place(OrderRig())
    restored = Restored(
        epoch="e" * 16,
        next_order_id=4,
        intents=tuple(rows(effects, fx.IntentRow)),
        orders={row.row_key: row.body for row in rows(effects, fx.OrderRow)},
    )
    rig = OrderRig(restored)
    assert reply(place(rig)).body.duplicate
    record = rig.orders.by_order_id(2)
    assert record is not None and record.links.parent_id == 1 and record.links.family == (1, 2, 3)


def test_nothing_is_written_when_one_member_is_refused() -> None:
    rig = OrderRig()
    members = group().members
    members[2] = members[2].model_copy(update={"order": STOP.model_copy(update={"account": "DU7654321"})})
    effects = place(rig, group().model_copy(update={"members": members}))
    assert reply(effects).error.code == "auth.account" and len(effects) == 1
    assert rig.orders.next_order_id == 1


def test_an_acknowledged_group_is_one_of_which_tws_has_every_order() -> None:
    rig = OrderRig()
    assert not of(fx.SendReply, place(rig, group(wait="acknowledged")))
    assert not of(fx.SendReply, [*rig.open_order(1), *rig.open_order(2)])
    assert [o.order_id for o in reply(rig.open_order(3)).body.orders] == [1, 2, 3]


def test_a_group_without_one_of_its_orders_is_broken() -> None:
    rig = OrderRig()
    place(rig, group(wait="acknowledged"))
    rig.open_order(1)
    rig.open_order(3)
    record = rig.orders.by_order_id(2)
    assert record is not None
    error = reply(rig.orders.explain(record, 110, "price", rig.now, status="Rejected")).error
    assert error.code == "order.group_broken" and error.outcome == "done"
    assert error.details == {"orders": {"1": "Submitted", "2": "Rejected", "3": "Submitted"}}


def test_a_change_of_a_child_keeps_its_ties() -> None:
    rig = OrderRig()
    place(rig)
    rig.open_order(2)
    (sent,) = of(fx.CallTws, rig.do(commands.ModifyOrder(order_id=2, order=SELL)))
    assert sent.call.parent_id == 1 and sent.call.transmit


@pytest.mark.parametrize(
    "wrong",
    [
        {"members": group().members[:1]},
        {"members": [group().members[0]] * 2},
        {"kind": "both"},
    ],
)
def test_a_group_that_makes_no_sense_is_no_command(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        group(**wrong)
