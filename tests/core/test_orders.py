from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.core.rig import ACCOUNT, BUY, CONTRACT, OrderRig, fill, published, rows
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import CompletedOrder
from twsbridge_server.core.orders import FINAL


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
