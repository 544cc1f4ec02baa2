from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.rig import ACCOUNT, BUY, CONTRACT, OrderRig, asked, of, published, rows
from twsbridge.protocol import commands
from twsbridge_server.core import calls
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import Client, CommandReceived, TwsErrorReceived
from twsbridge_server.core.order_errors import OrderErrors
from twsbridge_server.core.order_waiters import PATIENCE_US
from twsbridge_server.core.restored import Restored
from twsbridge_server.core.rights import Rights


def reply(effects: list[fx.Effect]) -> fx.SendReply:
    (only,) = of(fx.SendReply, effects)
    return only


def test_the_intent_is_journaled_before_anything_is_sent_or_said() -> None:
    effects = OrderRig().place()
    sent = next(i for i, e in enumerate(effects) if isinstance(e, fx.CallTws))
    said = next(i for i, e in enumerate(effects) if isinstance(e, fx.SendReply | fx.PublishEvent))
    kinds = [type(e.row) for e in of(fx.AppendJournal, effects[: min(sent, said)])]
    assert {fx.FloorRow, fx.IntentRow, fx.OrderRow, fx.EventRow} == set(kinds)
    assert not of(fx.AppendJournal, effects[sent:])


def test_a_durable_placement_is_answered_at_once_with_order_id_and_account() -> None:
    body = reply(OrderRig().place()).body
    assert (body.order.order_id, body.order.status) == (1, "PendingSubmit")
    assert body.order.order.account == ACCOUNT
    assert not body.duplicate


def test_the_key_travels_in_the_order_reference() -> None:
    (call,) = of(fx.CallTws, OrderRig().place())
    assert isinstance(call.call, calls.PlaceOrder)
    assert len(call.call.order_ref) == 22 and call.call.order_ref.startswith("B1")


def test_the_same_key_and_body_sends_nothing_and_returns_the_first_order() -> None:
    rig = OrderRig()
    rig.place()
    effects = rig.place()
    assert not of(fx.CallTws, effects) and not of(fx.AppendJournal, effects)
    assert reply(effects).body.duplicate and reply(effects).body.order.order_id == 1


def test_the_same_key_with_another_body_is_refused() -> None:
    rig = OrderRig()
    rig.place()
    effects = rig.place(order=BUY.model_copy(update={"quantity": Decimal(6)}))
    assert not of(fx.CallTws, effects)
    assert reply(effects).error.code == "idem.key_reused"


def test_keys_belong_to_their_owner() -> None:
    rig = OrderRig()
    rig.place()
    command = commands.PlaceOrder(client_order_id="k1", contract=CONTRACT, order=BUY)
    effects = rig.commands.place(asked(command, name="bob"), command, rig.now)
    assert reply(effects).body.order.order_id == 2


def test_a_key_is_known_after_a_restart() -> None:
    rig = OrderRig()
    effects = rig.place()
    (intent,), orders = rows(effects, fx.IntentRow), rows(effects, fx.OrderRow)
    again = OrderRig(
        Restored(
            epoch="e" * 16,
            next_order_id=2,
            intents=(intent,),
            orders={row.row_key: row.body for row in orders},
        )
    )
    effects = again.place()
    assert not of(fx.CallTws, effects) and reply(effects).body.duplicate


def test_after_a_restart_an_unacknowledged_order_is_unknown() -> None:
    rig = OrderRig()
    orders = rows(rig.place(), fx.OrderRow)
    again = OrderRig(Restored(epoch="e" * 16, next_order_id=2, orders={r.row_key: r.body for r in orders}))
    assert published(again.placements.restarted(again.now)) == ["order UNKNOWN"]


def test_waiting_for_the_acknowledgement() -> None:
    rig = OrderRig()
    assert not of(fx.SendReply, rig.place(wait="acknowledged"))
    assert reply(rig.open_order(status="PreSubmitted")).body.order.status == "PreSubmitted"
    assert not of(fx.SendReply, rig.open_order(status="Submitted"))


def test_silence_makes_an_order_unknown_and_asks_for_a_sweep() -> None:
    rig = OrderRig()
    rig.place(wait="acknowledged")
    rig.now = rig.commands.next_due()
    effects = [*rig.commands.due(rig.now), *rig.placements.due(rig.now)]
    assert reply(effects).error.code == "tws.timeout" and reply(effects).error.outcome == "unknown"
    assert "order UNKNOWN" in published(effects)
    assert rig.reconcile.next_due() is not None


def test_a_lost_connection_makes_unacknowledged_orders_unknown_and_no_others() -> None:
    rig = OrderRig()
    rig.place("k1")
    rig.open_order(1)
    rig.place("k2")
    assert published(rig.commands.lost("gone", rig.now)) == ["order UNKNOWN"]
    assert rig.status(1) == "Submitted" and rig.status(2) == "UNKNOWN"


def test_no_order_while_tws_is_away() -> None:
    rig = OrderRig()
    rig.session.lost("gone", rig.now)
    effects = rig.place()
    assert reply(effects).error.code == "tws.disconnected" and len(effects) == 1


def test_a_refused_placement_does_not_use_up_its_key() -> None:
    rig = OrderRig()
    rig.session.lost("gone", rig.now)
    rig.place()
    rig.ready()
    assert reply(rig.place()).body.order.order_id == 1


def test_link_down_refuses_orders_but_not_cancels() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    rig.session.link_lost("1100", rig.now)
    assert reply(rig.place("k2")).error.code == "tws.link_down"
    assert of(fx.CallTws, rig.do(commands.CancelOrder(order_id=1)))


def test_modify_keeps_the_order_id_and_is_answered_by_tws_showing_the_new_values() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    bigger = BUY.model_copy(update={"quantity": Decimal(7), "account": ACCOUNT})
    effects = rig.do(commands.ModifyOrder(order_id=1, order=bigger))
    assert of(fx.CallTws, effects)[0].call.order_id == 1
    assert rows(effects, fx.OrderRow)[0].body["change"]["quantity"] == "7"
    assert not of(fx.SendReply, rig.open_order())
    assert reply(rig.open_order(order=bigger)).body.order.order.quantity == 7


def test_a_modify_to_equal_values_is_answered_too() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    rig.do(commands.ModifyOrder(order_id=1, order=BUY))
    assert reply(rig.open_order()).body.order.order_id == 1


def test_one_change_at_a_time() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    rig.do(commands.ModifyOrder(order_id=1, order=BUY))
    assert reply(rig.do(commands.ModifyOrder(order_id=1, order=BUY))).error.code == "order.busy"


def test_another_callers_patience_does_not_end_a_change() -> None:
    """It would tell the one who asked for the change that it was made."""
    rig = OrderRig()
    rig.place()
    rig.open_order()
    rig.do(commands.ModifyOrder(order_id=1, order=BUY.model_copy(update={"limit_price": 191.0})))
    cancel = commands.CancelOrder(order_id=1)
    hasty = CommandReceived(Client(b"bob", "alice"), "r2", cancel, sid="run1", expires_us=rig.now + 10)
    rig.commands.cancel(hasty, cancel, rig.now)
    rig.now += 10
    assert reply(rig.commands.due(rig.now)).error.code == "tws.timeout"
    assert of(fx.SendReply, rig.open_order()) == [], "the change is not made yet"


def test_a_change_that_was_under_way_when_the_bridge_ended_keeps_nobody_out() -> None:
    rig = OrderRig()
    rig.place()
    written = rows(rig.open_order(), fx.OrderRow)
    written += rows(
        rig.do(commands.ModifyOrder(order_id=1, order=BUY.model_copy(update={"limit_price": 1.0}))), fx.OrderRow
    )
    again = OrderRig(Restored(epoch="e" * 16, orders={written[-1].row_key: written[-1].body}, next_order_id=2))
    again.placements.restarted(again.now)
    assert of(fx.CallTws, again.do(commands.ModifyOrder(order_id=1, order=BUY)))


def test_a_change_waits_for_a_cancel_and_cancels_go_out_once() -> None:
    """The second of two cancels is refused by TWS (161), and with it both callers were."""
    rig = OrderRig()
    rig.place()
    rig.open_order()
    cancel = commands.CancelOrder(order_id=1)
    assert of(fx.CallTws, rig.do(cancel))
    assert rig.do(cancel) == []
    assert reply(rig.do(commands.ModifyOrder(order_id=1, order=BUY))).error.code == "order.busy"
    assert len(of(fx.SendReply, rig.order_status(status="Cancelled"))) == 2


@pytest.mark.parametrize("end", ["silence", "refusal", "loss"])
def test_a_cancel_that_came_to_nothing_stands_in_nobodys_way(end: str) -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    cancel = commands.CancelOrder(order_id=1)
    rig.do(cancel)
    if end == "silence":
        rig.now += PATIENCE_US
    elif end == "loss":
        rig.commands.lost("gone", rig.now)
    else:
        OrderErrors(rig.orders, rig.commands.waiters, rig.reconcile).received(TwsErrorReceived(1, 161, "no"), rig.now)
    assert of(fx.CallTws, rig.do(cancel))


def test_a_held_order_is_not_cancelled_because_it_is_held() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order(status="Inactive")
    rig.do(commands.CancelOrder(order_id=1))
    assert of(fx.SendReply, rig.order_status(status="Inactive", why_held="locate")) == []
    assert reply(rig.order_status(status="Cancelled")).body.order.status == "Cancelled"


def test_an_order_without_a_deadline_is_not_sent_later_than_five_seconds() -> None:
    rig = OrderRig()
    (call,) = of(fx.CallTws, rig.place())
    assert call.expires_us == rig.now + PATIENCE_US
    rig.open_order()
    (call,) = of(fx.CallTws, rig.do(commands.ModifyOrder(order_id=1, order=BUY)))
    assert call.expires_us == rig.now + PATIENCE_US


@pytest.mark.parametrize("wait", ["acknowledged", "filled"])
def test_what_tws_does_not_say_in_time_is_unknown_never_refused(wait: str) -> None:
    rig = OrderRig()
    assert of(fx.SendReply, rig.place(wait=wait)) == []
    rig.now += PATIENCE_US
    error = reply(rig.commands.due(rig.now)).error
    assert (error.code, error.outcome) == ("tws.timeout", "unknown")


@pytest.mark.parametrize(
    ("wait", "answered"),
    [("durable", 0), ("acknowledged", 1), ("filled", 3)],
    ids=["durable", "acknowledged", "filled"],
)
def test_each_level_of_wait_is_answered_at_its_own_moment(wait: str, answered: int) -> None:
    rig = OrderRig()
    moments = [
        lambda: rig.place(wait=wait),
        lambda: rig.open_order(status="PreSubmitted"),
        lambda: rig.order_status(filled=Decimal(2), remaining=Decimal(3)),
        lambda: rig.order_status(status="Filled", filled=Decimal(5), remaining=Decimal(0)),
    ]
    replies = [len(of(fx.SendReply, moment())) for moment in moments]
    assert replies == [int(number == answered) for number in range(4)]


def test_cancel_is_answered_when_the_order_is_done() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    (call,) = rig.do(commands.CancelOrder(order_id=1))
    assert call == fx.CallTws(calls.CancelOrder(1))
    assert not of(fx.SendReply, rig.order_status(status="PendingCancel"))
    assert reply(rig.order_status(status="Cancelled")).body.order.status == "Cancelled"


@pytest.mark.parametrize("wanted", [{"order_id": 9}, {"client_order_id": "nobody"}])
def test_cancel_of_an_unknown_order(wanted: dict[str, object]) -> None:
    assert reply(OrderRig().do(commands.CancelOrder(**wanted))).error.code == "order.not_found"


def test_cancel_of_a_finished_order() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    rig.order_status(status="Filled", filled=Decimal(5), remaining=Decimal(0))
    assert reply(rig.do(commands.CancelOrder(order_id=1))).error.code == "order.done"


def test_cancel_all_takes_this_bridges_working_orders_and_no_others() -> None:
    rig = OrderRig()
    for key in ("k1", "k2", "k3"):
        rig.place(key)
    rig.open_order(1)
    rig.open_order(2)
    rig.order_status(2, "Cancelled")
    rig.open_order(77, perm_id=5, client_id=9)
    effects = rig.do(commands.CancelAll())
    assert [e.call.order_id for e in of(fx.CallTws, effects)] == [1, 3]
    assert reply(effects).body.order_ids == [1, 3]


def test_global_cancel_only_when_asked_for() -> None:
    rig = OrderRig()
    command = commands.CancelAll(everything=True)
    (refused,) = rig.do(command)
    assert isinstance(refused, fx.SendReply)
    assert refused.error is not None
    assert refused.error.code == "auth.role"
    granted = Client(b"r", "ann", rights=Rights(grants=frozenset({"cancel_any", "control_foreign"})))
    effects = rig.commands.cancel_all(CommandReceived(granted, "q", command), command, rig.now)
    assert of(fx.CallTws, effects) == [fx.CallTws(calls.GlobalCancel())]


FOREIGNER = Client(b"route", "boss", rights=Rights(grants=frozenset({"control_foreign"})))


def by_perm_id(rig: OrderRig, perm_id: int, client: Client = FOREIGNER) -> list[fx.Effect]:
    command = commands.CancelOrder(perm_id=perm_id)
    return rig.commands.cancel(CommandReceived(client, "q", command), command, rig.now)


def strange(rig: OrderRig, client_id: int, order_id: int) -> None:
    rig.open_order(order_id, client_id=client_id, perm_id=77, order_ref="theirs")


def test_an_order_from_elsewhere_is_found_by_its_perm_id() -> None:
    rig = OrderRig()
    strange(rig, 7, 3)
    command = commands.GetOrder(perm_id=77)
    (reply,) = of(fx.SendReply, rig.commands.get(CommandReceived(FOREIGNER, "q", command), command, rig.now))
    assert (reply.body.order.origin, reply.body.order.client_id) == ("external", 7)
    far = Client(b"route", "far", rights=Rights(accounts=("DU7",)))
    (reply,) = of(fx.SendReply, rig.commands.get(CommandReceived(far, "q", command), command, rig.now))
    assert reply.error.code == "order.not_found"


@pytest.mark.parametrize(("client_id", "order_id"), [(7, 3), (0, 0)])
def test_what_tws_does_not_let_us_cancel_is_refused_with_a_way_out(client_id: int, order_id: int) -> None:
    rig = OrderRig()
    strange(rig, client_id, order_id)
    (reply,) = of(fx.SendReply, by_perm_id(rig, 77))
    assert reply.error.code == "order.foreign"
    assert "everything" in reply.error.do


def test_an_order_under_our_client_id_that_we_did_not_place_is_cancelled_by_who_was_granted_it() -> None:
    rig = OrderRig()
    strange(rig, 1, 3)
    (reply,) = of(fx.SendReply, by_perm_id(rig, 77, Client(b"route", "alice")))
    assert reply.error.code == "order.not_owned"
    assert of(fx.CallTws, by_perm_id(rig, 77)) == [fx.CallTws(calls.CancelOrder(3))]
    (reply,) = of(fx.SendReply, rig.order_status(3, "Cancelled", perm_id=77))
    assert reply.body.order.status == "Cancelled"


def test_why_an_order_from_elsewhere_is_not_changed_is_said_to_those_who_may_see_it() -> None:
    rig = OrderRig()
    strange(rig, 1, 3)
    command = commands.ModifyOrder(order_id=3, order=BUY)
    for client, code in ((FOREIGNER, "order.foreign"), (Client(b"r", "far", rights=Rights(accounts=("DU7",))), None)):
        (reply,) = rig.commands.modify(CommandReceived(client, "q", command), command, rig.now)
        assert isinstance(reply, fx.SendReply) and reply.error is not None
        assert reply.error.code == (code or "order.not_found")
        if code:
            assert reply.error.details == {"perm_id": 77, "client_id": 1} and "its own orders only" in reply.error.msg


def test_an_order_id_that_we_have_given_out_ourselves_is_never_used_for_anothers() -> None:
    rig = OrderRig()
    strange(rig, 1, 1)
    rig.orders.next_order_id = 1
    rig.place()
    (reply,) = of(fx.SendReply, by_perm_id(rig, 77))
    assert reply.error.code == "order.foreign"


def test_a_refusal_of_tws_reaches_who_asked_for_a_foreign_one() -> None:
    rig = OrderRig()
    strange(rig, 1, 3)
    by_perm_id(rig, 77)
    errors = OrderErrors(rig.orders, rig.commands.waiters, rig.reconcile)
    replies = of(fx.SendReply, errors.received(TwsErrorReceived(3, 10147, "not found", ""), rig.now) or [])
    assert [reply.error.code for reply in replies] == ["tws.cancel_rejected"]
