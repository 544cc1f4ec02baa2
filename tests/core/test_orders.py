from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.core.rig import ACCOUNT, BUY, CONTRACT, OrderRig, fill, published, rows
from twsbridge.protocol import commands
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import CompletedOrder
from twsbridge_server.core.order_changes import FINAL


def working() -> OrderRig:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    return rig


def test_repetitions_publish_nothing() -> None:
    rig = working()
    assert published(rig.order_status()) == []
    assert published(rig.open_order()) == []


def test_every_change_is_journaled_before_it_is_published() -> None:
    effects = OrderRig().place()
    for index, effect in enumerate(effects):
        if isinstance(effect, fx.PublishEvent):
            earlier = [e.row for e in effects[:index] if isinstance(e, fx.AppendJournal)]
            assert any(isinstance(r, fx.EventRow) and r.seq == effect.seq for r in earlier)


def test_final_states_do_not_go_back() -> None:
    rig = working()
    rig.order_status(status="Cancelled")
    assert published(rig.order_status(status="Submitted")) == []
    assert rig.status() == "Cancelled"


def test_a_fill_still_wins_after_a_cancel() -> None:
    rig = working()
    rig.order_status(status="Cancelled")
    rig.order_status(status="Filled", filled=Decimal(5), remaining=Decimal(0))
    assert rig.status() == "Filled"


def test_a_rejected_order_that_tws_shows_after_all_is_alive() -> None:
    rig = OrderRig()
    rig.place()
    record = rig.orders.by_order_id(1)
    assert record is not None
    rig.orders.explain(record, 110, "increment", rig.now, status="Rejected")
    rig.open_order()
    assert rig.status() == "Submitted"


def test_cancelled_after_a_modify_is_only_doubt() -> None:
    """ib_insync#502: a refused change was reported as Cancelled while the order went on working."""
    rig = working()
    record = rig.orders.by_order_id(1)
    assert record is not None
    record.change = BUY.model_copy(update={"quantity": Decimal(9)})
    assert published(rig.order_status(status="Cancelled")) == []
    assert rig.status() == "Submitted" and rig.reconcile.next_due() is not None


def test_foreign_orders_are_kept_by_perm_id() -> None:
    rig = OrderRig()
    for perm_id in (501, 502):
        effects = rig.open_order(0, client_id=0, perm_id=perm_id, order_ref="")
        assert rows(effects, fx.OrderRow)[0].row_key == f"x:{perm_id}"
    assert [r.state.origin for r in rig.orders] == ["external", "external"]


def test_the_order_id_of_another_client_is_not_ours() -> None:
    rig = working()
    rig.open_order(1, client_id=5, perm_id=777, order_ref="", status="PreSubmitted")
    assert rig.status(1) == "Submitted"


def test_a_reused_order_id_with_another_perm_id_is_another_order() -> None:
    rig = working()
    assert rig.orders.find(client_id=1, order_id=1, perm_id=999, order_ref="") is None


def test_the_floor_rises_with_every_id_seen_and_never_falls() -> None:
    rig = OrderRig()
    rig.open_order(40, client_id=9, perm_id=3)
    assert rig.orders.next_order_id == 41
    assert rig.orders.raise_floor(7) == [] and rig.orders.next_order_id == 41


def test_request_ids_do_not_raise_the_floor() -> None:
    rig = OrderRig()
    assert rig.orders.raise_floor(2_000_000_000) == []


def test_an_execution_completes_an_order_that_never_got_a_status() -> None:
    rig = OrderRig()
    rig.place()
    record = rig.orders.by_order_id(1)
    assert record is not None
    rig.orders.execution(record, fill(shares=Decimal(2), cum_qty=Decimal(2)), rig.now, 0)
    assert (rig.status(), record.state.filled, record.state.remaining) == (
        "PendingSubmit",
        Decimal(2),
        Decimal(3),
    )
    rig.orders.execution(record, fill(cum_qty=Decimal(5)), rig.now, 0)
    assert rig.status() == "Filled" and record.state.remaining == 0


def test_a_late_status_does_not_take_fills_back() -> None:
    rig = working()
    record = rig.orders.by_order_id(1)
    assert record is not None
    rig.orders.execution(record, fill(shares=Decimal(2), cum_qty=Decimal(2)), rig.now, 0)
    rig.order_status(filled=Decimal(0), remaining=Decimal(5))
    assert record.state.filled == 2 and record.state.remaining == 3


def test_a_completed_order_ends_one_that_vanished() -> None:
    rig = working()
    said = CompletedOrder(901, CONTRACT, BUY, "", "Cancelled", Decimal(0), "Cancelled by user")
    assert published(rig.orders.completed_order(said, rig.now)) == ["order Cancelled"]


STATUS = st.sampled_from(
    ["PendingSubmit", "PreSubmitted", "Submitted", "PendingCancel", "Cancelled", "Filled", "Inactive"]
)
SAID = st.tuples(STATUS, st.integers(0, 5), st.booleans())


@given(st.lists(SAID, max_size=30))
def test_whatever_tws_repeats_or_shuffles_the_order_stays_consistent(said: list[Any]) -> None:
    rig = OrderRig()
    rig.place()
    record = rig.orders.by_order_id(1)
    assert record is not None
    seqs, was_final, filled = [1], False, Decimal(0)
    for status, count, by_open_order in said:
        effects = (
            rig.open_order(status=status)
            if by_open_order
            else rig.order_status(status=status, filled=Decimal(count), remaining=Decimal(5 - count))
        )
        seqs += [e.seq for e in effects if isinstance(e, fx.PublishEvent)]
        state = record.state
        assert state.filled >= filled and state.order.account == ACCOUNT
        assert not was_final or state.status in FINAL
        was_final, filled = state.status in FINAL, state.filled
    assert seqs == list(range(1, len(seqs) + 1))


def test_the_first_part_fill_revives_an_order_that_was_given_up() -> None:
    """The bridge had concluded that TWS does not have it; the fill proves that it does, and that it works on."""
    for concluded in ("NOT_FOUND", "Rejected", "UNKNOWN"):
        rig = OrderRig()
        rig.place()
        record = rig.orders.by_order_id(1)
        assert record is not None
        rig.orders.update(record, rig.now, status=concluded)
        rig.orders.execution(record, fill(shares=Decimal(2), cum_qty=Decimal(2)), rig.now, 0)
        assert (rig.status(), record.state.filled, record.state.remaining) == ("Submitted", 2, 3), concluded


def test_a_fill_of_the_old_size_does_not_end_an_order_that_is_being_enlarged() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    rig.do(commands.ModifyOrder(order_id=1, order=BUY.model_copy(update={"quantity": Decimal(9)})))
    record = rig.orders.by_order_id(1)
    assert record is not None
    rig.orders.execution(record, fill(), rig.now, 0)
    assert rig.status() == "Submitted"
    larger = record.state.order.model_copy(update={"quantity": Decimal(9)})
    rig.open_order(order=larger)
    assert (rig.status(), record.state.remaining) == ("Submitted", 4)


def test_what_carries_another_reference_is_another_order() -> None:
    """Another program, or a journal that is gone, used the same client id and order id."""
    rig = OrderRig()
    rig.place()
    rig.open_order(perm_id=77, order_ref="somebody else", status="Submitted")
    assert rig.status() == "PendingSubmit"
    assert [r.row_key for r in rig.orders] == ["b:1", "x:77"]


def test_a_completed_order_that_is_inactive_was_rejected() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order(status="Inactive")
    record = rig.orders.by_order_id(1)
    assert record is not None
    said = CompletedOrder(
        901, CONTRACT, record.state.order, record.order_ref, "Inactive", Decimal(0), "Order rejected - reason: no"
    )
    rig.orders.completed_order(said, rig.now)
    assert rig.status() == "Rejected"
    assert record.state.reason is not None and record.state.reason.text == "Order rejected - reason: no"


def test_a_completed_order_corrects_what_the_bridge_had_concluded() -> None:
    rig = OrderRig()
    rig.place()
    record = rig.orders.by_order_id(1)
    assert record is not None
    rig.orders.update(record, rig.now, status="NOT_FOUND", filled=Decimal(5))
    said = CompletedOrder(901, CONTRACT, record.state.order, record.order_ref, "Filled", Decimal(0), "Filled")
    rig.orders.completed_order(said, rig.now)
    assert (rig.status(), record.state.filled) == ("Filled", 5)


def test_a_status_that_is_left_out_changes_no_status() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    rig.open_order(status="")
    rig.order_status(status="")
    assert rig.status() == "Submitted"


def test_inactive_after_a_rejection_does_not_bring_the_order_back() -> None:
    rig = OrderRig()
    rig.place()
    record = rig.orders.by_order_id(1)
    assert record is not None
    rig.orders.update(record, rig.now, status="Rejected")
    rig.open_order(status="Inactive")
    rig.order_status(status="Inactive")
    assert rig.status() == "Rejected"


def test_a_foreign_order_without_perm_id_is_one_order_however_often_it_is_shown() -> None:
    """The perm id is 0 in the first callbacks of some orders and comes later."""
    rig = OrderRig()
    foreign = {"order_id": 8, "client_id": 2, "order_ref": ""}
    assert published(rig.open_order(**foreign, perm_id=None)) == ["order Submitted"]
    assert published(rig.open_order(**foreign, perm_id=None)) == []
    rig.open_order(**foreign, perm_id=4321)
    rig.order_status(**{k: foreign[k] for k in ("order_id", "client_id")}, perm_id=4321, status="Cancelled")
    assert [(r.state.perm_id, r.state.status) for r in rig.orders] == [(4321, "Cancelled")]


def test_hand_made_orders_that_are_not_bound_are_told_apart_by_nothing_but_their_perm_id() -> None:
    rig = OrderRig()
    for perm_id in (51, 52):
        rig.open_order(order_id=0, client_id=0, perm_id=perm_id, order_ref="")
    assert {r.state.perm_id for r in rig.orders} == {51, 52}


def test_cancelled_after_the_refusal_of_a_change_is_only_doubt() -> None:
    rig = working()
    record = rig.orders.by_order_id(1)
    assert record is not None
    record.change_doubt_us = rig.now
    assert published(rig.order_status(status="Cancelled")) == []
    assert rig.status() == "Submitted" and record.doubtful_cancel
    rig.reconcile.start(rig.now)
    rig.reconcile.saw_order(record)
    assert not record.doubtful_cancel
