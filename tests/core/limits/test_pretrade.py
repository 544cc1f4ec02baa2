from __future__ import annotations

from decimal import Decimal

from tests.core.limits.rig import LMT, LimitRig, code
from tests.core.rig import ACCOUNT, CONTRACT, of, rows
from twsbridge.protocol import commands
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import LimitsChanged
from twsbridge_server.core.limits.terms import DEFAULT, Limits, LimitTable
from twsbridge_server.core.order_groups import OrderGroups


def group(rig: LimitRig, kind: str, *sizes: int) -> str:
    members = [
        commands.GroupMember(
            client_order_id=f"g{n}",
            contract=CONTRACT,
            order=LMT.model_copy(update={"quantity": Decimal(abs(size)), "action": "BUY" if size > 0 else "SELL"}),
        )
        for n, size in enumerate(sizes)
    ]
    command = commands.PlaceGroup(kind=kind, members=members)  # type: ignore[arg-type]
    return code(OrderGroups(rig.orders, rig.placements, rig.admission).place(rig.client(command), command, rig.now))


def test_a_refusal_names_rule_limit_and_value_and_leaves_no_trace() -> None:
    rig = LimitRig(Limits(max_quantity=Decimal(4)))
    command = commands.PlaceOrder(client_order_id="k1", contract=CONTRACT, order=LMT)
    effects = rig.commands.place(rig.client(command), command, rig.now)
    (reply,) = effects
    assert isinstance(reply, fx.SendReply) and reply.error is not None
    assert reply.error.code == "limit.quantity" and reply.error.outcome == "rejected"
    assert reply.error.details == {"rule": "quantity", "scope": "the whole bridge", "limit": "4", "value": "5"}
    assert rig.orders.by_key("alice", "k1") is None and not rows(effects, fx.IntentRow)


def test_all_three_must_be_kept() -> None:
    rig = LimitRig(Limits(max_quantity=Decimal(9)), Limits(max_quantity=Decimal(5)))
    rig.table(LimitTable(Limits(max_quantity=Decimal(9)), {ACCOUNT: Limits(max_notional=Decimal(300))}))
    assert rig.order("k1", LMT.model_copy(update={"quantity": Decimal(6)})) == "limit.quantity"
    assert rig.order("k2") == "limit.notional"


def test_a_change_is_checked_and_does_not_count_twice() -> None:
    rig = LimitRig(Limits(max_position=Decimal(8), max_quantity=Decimal(9)))
    rig.order("k1")
    rig.open_order()
    assert rig.change(1, quantity=Decimal(10)) == "limit.quantity"
    assert rig.change(1, quantity=Decimal(9)) == "limit.position"
    assert rig.change(1, quantity=Decimal(8)) == "ok"
    assert rig.order("k2", LMT.model_copy(update={"quantity": Decimal(1)})) == "limit.position"


def test_a_group_is_judged_as_a_whole() -> None:
    assert group(LimitRig(Limits(max_position=Decimal(8))), "oca", 5, 5) == "limit.position"
    assert group(LimitRig(Limits(max_open_orders=1)), "oca", 1, 2) == "limit.open_orders"
    assert group(LimitRig(Limits(orders_per_second=1)), "oca", 1, 2) == "limit.rate"
    assert group(LimitRig(Limits(max_position=Decimal(5))), "bracket", 5, -5, -5) == "ok"
    assert group(LimitRig(Limits(max_position=Decimal(5))), "bracket", 5, -5, -11) == "limit.position"


def test_by_default_only_a_price_far_beyond_the_market_is_refused() -> None:
    rig = LimitRig(DEFAULT)
    assert rig.order("k1", LMT.model_copy(update={"limit_price": 1000.0})) == "ok"
    rig.quote(99.0, 100.0)
    assert rig.order("k2", LMT.model_copy(update={"limit_price": 105.1})) == "limit.price"
    assert rig.order("k3", LMT.model_copy(update={"limit_price": 50.0})) == "ok"


def test_a_file_with_mistakes_leaves_the_last_limits_in_force() -> None:
    rig = LimitRig(Limits(max_quantity=Decimal(1)))
    assert not rig.limits.changed(LimitsChanged(None, "a mistake"), rig.now)
    assert (rig.limits.fault, rig.order("k1")) == ("a mistake", "limit.quantity")
    assert of(fx.Log, rig.limits.changed(LimitsChanged(LimitTable()), rig.now)) and not rig.limits.fault


def test_cancels_pass_whatever_the_limits_say() -> None:
    rig = LimitRig()
    rig.order("k1")
    rig.open_order()
    rig.table(LimitTable(Limits(max_open_orders=0, max_quantity=Decimal(0), deny_accounts=(ACCOUNT,))))
    assert (rig.cancel(1), rig.order("k2")) == ("ok", "limit.restricted")
