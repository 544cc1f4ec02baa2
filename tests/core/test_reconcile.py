from __future__ import annotations

from decimal import Decimal

from tests.core.rig import CONTRACT, OrderRig, fill, of, published
from twsbridge_server.core import calls
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import CompletedOrder, ExecutionReceived
from twsbridge_server.core.reconcile import COMPLETED, EXECUTIONS, OPEN_ORDERS, SOON_US
from twsbridge_server.core.verdicts import PROOF_US


def in_doubt() -> OrderRig:
    rig = OrderRig()
    rig.place()
    rig.commands.lost("gone", rig.now)
    rig.now += 1
    return rig


def sweep(rig: OrderRig, *, shows: bool = False, ends: tuple[str, ...] = ()) -> list[fx.Effect]:
    rig.reconcile.start(rig.now)
    if shows:
        rig.open_order()
        rig.reconcile.saw_order(rig.orders.by_order_id(1), "Submitted")
    effects: list[fx.Effect] = []
    for part in ends or (OPEN_ORDERS, COMPLETED, EXECUTIONS):
        effects += rig.reconcile.ended(part, rig.now)
    rig.now += 1
    return effects


def test_a_sweep_asks_for_open_and_completed_orders_and_executions() -> None:
    asked = [type(e.call) for e in of(fx.CallTws, OrderRig().reconcile.start(0))]
    assert asked == [calls.ReqOpenOrders, calls.ReqCompletedOrders, calls.ReqExecutions]


def test_one_sweep_at_a_time() -> None:
    rig = OrderRig()
    rig.reconcile.start(0)
    assert rig.reconcile.start(0) == []


def test_an_order_that_tws_shows_is_found() -> None:
    rig = in_doubt()
    assert rig.status() == "UNKNOWN"
    sweep(rig, shows=True)
    assert rig.status() == "Submitted"


def test_absence_needs_two_complete_sweeps() -> None:
    rig = in_doubt()
    sweep(rig)
    assert rig.status() == "UNKNOWN"
    assert rig.reconcile.next_due() == rig.now - 1 + PROOF_US
    rig.now += PROOF_US
    assert published(sweep(rig)) == ["order NOT_FOUND"]


def test_an_order_that_vanished_is_looked_for_again_after_a_while() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    rig.now += 1
    assert published(sweep(rig)) == ["order UNKNOWN"]
    assert rig.reconcile.next_due() == rig.now - 1 + PROOF_US


def test_an_incomplete_sweep_proves_nothing() -> None:
    rig = in_doubt()
    for _ in range(5):
        sweep(rig, ends=(OPEN_ORDERS, COMPLETED))
        rig.now = rig.reconcile.next_due()
        rig.reconcile.due(rig.now)
        assert rig.reconcile.finished is False
    assert rig.status() == "UNKNOWN"


def test_an_order_placed_during_a_sweep_is_not_missed_by_it() -> None:
    rig = OrderRig()
    rig.reconcile.start(rig.now)
    rig.now += 1
    rig.place()
    for part in (OPEN_ORDERS, COMPLETED, EXECUTIONS):
        rig.reconcile.ended(part, rig.now)
    assert rig.status() == "PendingSubmit"


def test_an_order_that_vanished_and_filled_is_filled() -> None:
    rig = OrderRig()
    rig.place()
    rig.open_order()
    rig.now += 1
    rig.reconcile.start(rig.now)
    rig.executions.received(ExecutionReceived(-1, fill(), ""), rig.now)
    for part in (OPEN_ORDERS, COMPLETED, EXECUTIONS):
        rig.reconcile.ended(part, rig.now)
    assert rig.status() == "Filled"


def test_an_order_that_vanished_and_completed_has_its_last_word() -> None:
    rig = in_doubt()
    record = rig.orders.by_order_id(1)
    assert record is not None
    rig.reconcile.start(rig.now)
    order = record.state.order
    said = CompletedOrder(7, CONTRACT, order, record.order_ref, "Cancelled", Decimal(0), "")
    rig.orders.completed_order(said, rig.now)
    assert rig.status() == "Cancelled"


def test_a_doubtful_cancel_is_decided_by_the_sweep() -> None:
    for shows, status in ((True, "Submitted"), (False, "Cancelled")):
        rig = OrderRig()
        rig.place()
        rig.open_order()
        record = rig.orders.by_order_id(1)
        assert record is not None
        record.change = record.state.order.model_copy(update={"quantity": Decimal(9)})
        rig.order_status(status="Cancelled")
        rig.now += 1
        sweep(rig, shows=shows)
        assert rig.status() == status and not record.doubtful_cancel


def test_the_end_of_somebody_elses_query_ends_nothing() -> None:
    rig = OrderRig()
    rig.reconcile.start(0)
    for part in (OPEN_ORDERS, COMPLETED):
        rig.reconcile.ended(part, 0)
    rig.reconcile.ended(EXECUTIONS, 0, req_id=5)
    assert rig.reconcile.is_running


def test_sweeps_are_repeated() -> None:
    rig = OrderRig()
    sweep(rig)
    at = rig.reconcile.next_due()
    assert at is not None and of(fx.CallTws, rig.reconcile.due(at))


def test_a_lost_connection_ends_the_sweep_without_a_verdict() -> None:
    rig = in_doubt()
    rig.reconcile.start(rig.now)
    rig.reconcile.lost()
    assert rig.reconcile.finished is None and rig.status() == "UNKNOWN"


def test_nothing_is_asked_while_there_is_no_session() -> None:
    rig = in_doubt()
    rig.reconcile.lost()
    rig.reconcile.soon(rig.now)
    assert rig.reconcile.next_due() is None
    rig.now += 60_000_000
    assert rig.reconcile.due(rig.now) == []
    assert not rig.reconcile.is_running


def test_what_is_odd_during_a_sweep_is_looked_at_soon_after_it() -> None:
    """The row may have been shown before it happened."""
    rig = OrderRig()
    rig.reconcile.start(rig.now)
    rig.reconcile.soon(rig.now)
    for part in (OPEN_ORDERS, COMPLETED, EXECUTIONS):
        rig.reconcile.ended(part, rig.now)
    assert rig.reconcile.next_due() == rig.now + SOON_US
