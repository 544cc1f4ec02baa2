from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from tests.client.fake_bridge import ORDERS, FakeBridge, execution, order_state
from tests.waiting import PATIENCE, eventually
from twsbridge.channel import Channel
from twsbridge.errors import InvalidRequest, OrderError
from twsbridge.progress import Progress
from twsbridge.protocol.commands import CancelOrder, ModifyOrder
from twsbridge.protocol.models import Reason
from twsbridge.protocol.replies import OrderReply
from twsbridge.stream_event import StreamEvent
from twsbridge.trade import Trade


def trade(channel: Channel, **fields: Any) -> tuple[Trade, Progress]:
    progress = Progress(order_state(**{"updated_us": 1, **fields}))
    return Trade(channel, progress), progress


def becomes(progress: Progress, status: str, filled: str = "0") -> None:
    state = order_state(status=status, filled=filled, avg_fill_price=190.0 if filled != "0" else None)
    progress.take(StreamEvent(ORDERS, "e", 1, "order", 1, 0, state.wire()))


def fills(progress: Progress, shares: str = "10") -> None:
    progress.take(StreamEvent(ORDERS, "e", 2, "execution", 1, 0, execution(f"e.{shares}", shares=shares)))


def later(*steps: Any) -> threading.Timer:
    timer = threading.Timer(0.03, lambda: [step() for step in steps])
    timer.start()
    return timer


def test_it_shows_where_the_order_stands(channel: Channel) -> None:
    one, progress = trade(channel)
    assert (one.order_id, one.client_order_id, one.perm_id, one.status) == (17, "key-1", None, "PendingSubmit")
    assert (one.filled, one.remaining, one.avg_price, list(one.fills)) == (0, 10, None, [])
    becomes(progress, "Submitted", "4")
    fills(progress, "4")
    assert (one.status, one.filled, one.avg_price, one.fills[0].shares) == ("Submitted", 4, 190.0, 4)
    assert repr(one) == "Trade(order 17: BUY 10 AAPL LMT 190: Submitted, 4 of 10 filled @ 190)"


def test_it_shows_why_it_was_refused(channel: Channel) -> None:
    one, _ = trade(channel, status="Rejected", reason=Reason(tws_code=201, text="no funds"))
    assert "Rejected" in repr(one) and "201 no funds" in repr(one)


def test_waiting_for_the_end_includes_the_fills(channel: Channel) -> None:
    one, progress = trade(channel)
    timer = later(lambda: becomes(progress, "Filled", "10"), lambda: fills(progress))
    assert one.wait(timeout=PATIENCE) is one
    assert (one.status, len(one.fills)) == ("Filled", 1)
    timer.join()


def test_an_order_that_is_done_without_its_fills_is_done_at_the_deadline(channel: Channel) -> None:
    one, progress = trade(channel)
    becomes(progress, "Filled", "10")
    started = time.monotonic()
    assert one.wait(timeout=0.1).is_done
    assert time.monotonic() - started >= 0.1


@pytest.mark.parametrize("status", ["Submitted", "submitted", "PreSubmitted"])
def test_waiting_for_a_status_ends_when_it_is_reached_or_passed(channel: Channel, status: str) -> None:
    one, progress = trade(channel)
    timer = later(lambda: becomes(progress, "Submitted"))
    assert one.wait(status, timeout=PATIENCE).status == "Submitted"
    becomes(progress, "Filled", "10")
    assert one.wait(status, timeout=PATIENCE).status == "Filled"
    timer.join()


def test_a_status_that_cannot_come_any_more_is_an_error(channel: Channel) -> None:
    one, progress = trade(channel)
    becomes(progress, "Cancelled")
    with pytest.raises(OrderError, match="will not become Filled.*Cancelled"):
        one.wait("Filled", timeout=PATIENCE)


def test_waiting_too_long_says_where_the_order_stands(channel: Channel) -> None:
    one, progress = trade(channel)
    becomes(progress, "Submitted")
    with pytest.raises(TimeoutError, match=r"0\.05 s, not yet done.*Submitted, 0 of 10"):
        one.wait(timeout=0.05)


def test_its_own_events_come_until_it_is_over(channel: Channel) -> None:
    one, progress = trade(channel)
    becomes(progress, "Submitted")
    timer = later(lambda: becomes(progress, "Filled", "10"), lambda: fills(progress))
    assert [event.type for event in one] == ["order", "order", "execution"]
    assert len(list(one)) == 3, "from the beginning, again"
    timer.join()


def test_a_change_sends_the_whole_order_and_keeps_the_id(fake: FakeBridge, channel: Channel) -> None:
    fake.answers["order.modify"] = lambda command: OrderReply(order=order_state(order=command.order))
    one, _ = trade(channel)
    assert one.modify(quantity=5, limit=191.5) is one
    command = fake.received[-1]
    assert isinstance(command, ModifyOrder)
    assert (command.order_id, command.order.quantity, command.order.limit_price) == (17, 5, 191.5)
    assert (command.order.action, command.order.order_type, command.order.tif) == ("BUY", "LMT", "DAY")
    assert one.state.order.limit_price == 191.5


def test_a_change_of_nothing_is_refused_before_it_is_sent(fake: FakeBridge, channel: Channel) -> None:
    one, _ = trade(channel)
    with pytest.raises(InvalidRequest):
        one.modify()
    with pytest.raises(InvalidRequest, match="stop_price"):
        one.modify(stop=180)
    assert "order.modify" not in fake.names()


@pytest.mark.parametrize("order_id", [17, None])
def test_it_is_cancelled_by_its_id_or_its_key(fake: FakeBridge, channel: Channel, order_id: int | None) -> None:
    fake.answers["order.cancel"] = lambda command: OrderReply(order=order_state(status="PendingCancel"))
    one, _ = trade(channel, order_id=order_id)
    assert one.cancel().status == "PendingCancel"
    command = fake.received[-1]
    assert isinstance(command, CancelOrder)
    assert (command.order_id, command.client_order_id) == (order_id, None if order_id else "key-1")


def test_an_unknown_order_is_not_done(channel: Channel) -> None:
    one, progress = trade(channel)
    becomes(progress, "UNKNOWN")
    assert not one.is_done
    eventually(lambda: one.status == "UNKNOWN")
