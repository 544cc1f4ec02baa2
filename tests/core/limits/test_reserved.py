from __future__ import annotations

from decimal import Decimal

from tests.core.limits.rig import LMT, LimitRig, code
from tests.core.rig import CONTRACT, asked
from twsbridge.protocol import commands
from twsbridge_server.core.limits.reserved import Reserved
from twsbridge_server.core.limits.terms import Limits
from twsbridge_server.core.order_groups import OrderGroups


def sizes(rig: LimitRig) -> list[int]:
    reserved = Reserved(rig.orders, rig.executions.tally)
    return [int(each.size) for each, _ in reserved.reserves("")]


def test_what_is_filled_is_not_reserved_any_more() -> None:
    rig = LimitRig()
    rig.order("k1")
    rig.order("k2", LMT.model_copy(update={"action": "SELL"}))
    assert sizes(rig) == [5, -5]
    rig.open_order()
    rig.fill(1, shares=2)
    assert sizes(rig) == [3, -5]


def test_a_status_that_comes_before_its_execution_frees_nothing() -> None:
    rig = LimitRig()
    rig.order("k1")
    rig.order_status(status="Filled", filled=Decimal(5), remaining=Decimal(0))
    assert sizes(rig) == [5]
    rig.fill(1)
    assert sizes(rig) == []


def test_a_cancelled_order_is_free() -> None:
    rig = LimitRig()
    rig.order("k1")
    rig.open_order()
    rig.order_status(status="Cancelled")
    assert sizes(rig) == []


def test_a_change_counts_while_it_is_under_way() -> None:
    rig = LimitRig()
    rig.order("k1")
    rig.open_order()
    rig.change(1, quantity=Decimal(9))
    assert sizes(rig) == [9]


def test_the_exits_of_a_bracket_count_beyond_their_entry_only() -> None:
    rig = LimitRig()
    exits = LMT.model_copy(update={"action": "SELL", "limit_price": 110.0})
    members = [
        commands.GroupMember(client_order_id=key, contract=CONTRACT, order=order)
        for key, order in (("in", LMT), ("target", exits), ("stop", exits))
    ]
    command = commands.PlaceGroup(kind="bracket", members=members)
    groups = OrderGroups(rig.orders, rig.placements, rig.admission)
    assert code(rig.sent(groups.place(asked(command), command, rig.now))) == "ok"
    assert sizes(rig) == [5, 0, 0]
    rig.open_order()
    rig.fill(1)
    assert sizes(rig) == [-5, 0]


def bracket(rig: LimitRig, size: int) -> None:
    """Orders 1, the entry, and 2, the exit."""
    members = [
        commands.GroupMember(
            client_order_id=key,
            contract=CONTRACT,
            order=LMT.model_copy(update={"action": action, "quantity": Decimal(size)}),
        )
        for key, action in (("in", "SELL"), ("out", "BUY"))
    ]
    command = commands.PlaceGroup(kind="bracket", members=members)
    groups = OrderGroups(rig.orders, rig.placements, rig.admission)
    assert code(rig.sent(groups.place(asked(command), command, rig.now))) == "ok"
    for order_id in (1, 2):
        rig.open_order(order_id)


def test_an_entry_is_not_made_smaller_where_its_exit_would_go_beyond_the_limit() -> None:
    rig = LimitRig(Limits(max_position=Decimal(12)))
    bracket(rig, 12)
    assert rig.order("k1", LMT.model_copy(update={"quantity": Decimal(10)})) == "ok"
    assert rig.change(1, quantity=Decimal(9)) == "limit.position"
    assert rig.change(1, quantity=Decimal(10)) == "ok"
    assert sizes(rig) == [-12, 2, 10]


def test_a_change_that_nobody_answered_counts_until_a_sweep_has_shown_the_order() -> None:
    rig = LimitRig()
    rig.order("k1")
    rig.open_order()
    rig.change(1, quantity=Decimal(9))
    record = rig.orders.by_order_id(1)
    assert record is not None
    record.doubt_change(rig.now)
    assert sizes(rig) == [9]
