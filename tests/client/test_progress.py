from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

from tests.client.fake_bridge import ORDERS, execution, order_state
from twsbridge.fills import Fill
from twsbridge.progress import Progress
from twsbridge.stream_event import StreamEvent


def event(kind: str, body: dict[str, Any]) -> StreamEvent:
    return StreamEvent(ORDERS, "e", 1, kind, 1, 0, body)


def fill(exec_id: str, **fields: Any) -> StreamEvent:
    return event("execution", execution(exec_id, **fields))


def commission(exec_id: str) -> StreamEvent:
    return event("commission", {"exec_id": exec_id, "commission": "1.05", "currency": "USD"})


def test_an_older_state_never_replaces_a_newer_one() -> None:
    progress = Progress(order_state(status="PendingSubmit", updated_us=1))
    progress.update(order_state(status="Filled", updated_us=5))
    progress.update(order_state(status="Submitted", updated_us=3))
    assert progress.state.status == "Filled"
    progress.update(order_state(status="Cancelled", updated_us=5))
    assert progress.state.status == "Cancelled"


def test_events_of_every_kind_find_their_place() -> None:
    progress = Progress(order_state(updated_us=1))
    for each in (
        event("order", order_state(status="Submitted", updated_us=2).wire()),
        fill("e.1", shares="4"),
        commission("e.1"),
        fill("e.2", shares="6"),
    ):
        progress.take(each)
    assert progress.state.status == "Submitted"
    assert [(each.exec_id, each.shares) for each in progress.fills] == [("e.1", 4), ("e.2", 6)]
    first = progress.fills[0].commission
    assert first is not None and first.commission == Decimal("1.05")
    assert progress.fills[1].commission is None
    assert len(progress.events) == 4


def test_the_same_fill_counts_once() -> None:
    progress = Progress(order_state())
    progress.take(fill("e.1"))
    progress.add_fill(Fill.model_validate(execution("e.1")))
    assert len(progress.fills) == 1


def test_a_correction_takes_the_place_of_its_fill_and_keeps_the_commission() -> None:
    progress = Progress(order_state())
    progress.take(fill("e.1", shares="10"))
    progress.take(commission("e.1"))
    progress.take(event("correction", execution("e.2", shares="9", replaces="e.1")))
    (only,) = progress.fills
    assert (only.exec_id, only.shares, only.is_correction) == ("e.2", 9, True)
    assert only.commission is not None


def test_a_commission_of_something_else_is_ignored() -> None:
    progress = Progress(order_state())
    progress.take(commission("e.9"))
    assert progress.fills == []


def test_complete_means_done_with_all_fills_seen() -> None:
    progress = Progress(order_state(updated_us=1))
    progress.update(order_state(status="Filled", filled="10", updated_us=2))
    assert progress.state.is_done and not progress.is_complete
    progress.take(fill("e.1", shares="4"))
    assert not progress.is_complete
    progress.take(fill("e.2", shares="6"))
    assert progress.is_complete


def test_a_cancelled_order_without_fills_is_complete() -> None:
    progress = Progress(order_state(updated_us=1))
    progress.update(order_state(status="Cancelled", updated_us=2))
    assert progress.is_complete


def test_who_waits_is_woken_by_a_change() -> None:
    progress = Progress(order_state(updated_us=1))
    feeder = threading.Timer(0.02, lambda: progress.update(order_state(status="Filled", updated_us=2)))
    feeder.start()
    assert progress.wait_for(lambda: progress.state.status == "Filled", 10)
    feeder.join()


def test_waiting_ends_at_the_deadline() -> None:
    assert not Progress(order_state()).wait_for(lambda: False, 0.02)
