from __future__ import annotations

from decimal import Decimal

from tests.client.fake_bridge import ORDERS, FakeBridge, execution, order_state
from tests.waiting import eventually
from twsbridge import Client
from twsbridge.fills import Fill, fill_of
from twsbridge.protocol.envelope import EventFrame
from twsbridge.protocol.models import Commission


def commission(exec_id: str) -> dict[str, object]:
    return {"exec_id": exec_id, "commission": "1.05", "currency": "USD", "realized_pnl": None}


def test_a_fill_is_an_execution_with_its_place() -> None:
    body = execution("e.1", time_us=1_700_000_000_000_000)
    fill = fill_of(EventFrame(ORDERS, "e", 7, "execution", 1, 0, body))
    assert (fill.stream, fill.epoch, fill.seq, fill.is_correction) == (ORDERS, "e", 7, False)
    assert (fill.action, fill.symbol, fill.shares, fill.price) == ("BUY", "AAPL", 10, 190.01)
    assert fill.time.year == 2023


def test_a_fill_reads_like_a_sentence() -> None:
    text = str(Fill.model_validate(execution(owner="meanrev")))
    assert text.endswith("BUY 10 AAPL @ 190.01 order 17 (meanrev)")
    sold = Fill.model_validate(execution(side="SLD", order_id=None, owner=None, shares="0.5"))
    assert str(sold).endswith("SELL 0.5 AAPL @ 190.01 manual order")
    corrected = fill_of(EventFrame(ORDERS, "e", 7, "correction", 1, 0, execution("e.2", replaces="e.1")))
    assert "corrects e.1" in str(corrected) and repr(corrected).startswith("Fill(")


def test_fills_come_out_of_everything_that_happens(fake: FakeBridge, client: Client) -> None:
    fake.publish(ORDERS, "order", order_state().wire())
    fake.publish(ORDERS, "execution", execution("e.1"))
    fake.publish(ORDERS, "commission", commission("e.1"))
    fake.publish(ORDERS, "correction", execution("e.2", replaces="e.1"))
    fake.publish(ORDERS, "something new", {})
    fills = list(client.fills(since=None, follow=False))
    assert [(fill.exec_id, fill.seq, fill.is_correction) for fill in fills] == [("e.1", 2, False), ("e.2", 4, True)]


def test_a_commission_that_is_known_comes_with_its_fill(fake: FakeBridge, client: Client) -> None:
    fake.publish(ORDERS, "execution", execution("e.1"), lost=True)
    fake.publish(ORDERS, "execution", execution("e.2"), lost=True)
    fake.publish(ORDERS, "commission", commission("e.1"), lost=True)
    one, two = client.fills(since=None, follow=False)
    assert one.commission == Commission(exec_id="e.1", commission=Decimal("1.05"), currency="USD")
    assert two.commission is None


def test_the_cursor_stands_behind_the_fill_that_came_out_last(fake: FakeBridge, client: Client) -> None:
    for number in range(1, 4):
        fake.publish(ORDERS, "execution", execution(f"e.{number}"))
        fake.publish(ORDERS, "order", order_state().wire())
    fills = client.fills(since=None)
    assert [next(fills).exec_id, next(fills).exec_id] == ["e.1", "e.2"]
    assert fills.cursor.seq == 3
    again = client.fills(since=fills.cursor)
    assert next(again).exec_id == "e.3"


def test_since_an_instant_counts_the_time_of_the_fill(fake: FakeBridge, client: Client) -> None:
    fake.publish(ORDERS, "execution", execution("old.1", time_us=1_000_000))
    fake.publish(ORDERS, "execution", execution("new.1"))
    assert [fill.exec_id for fill in client.fills(since="today", follow=False)] == ["new.1"]
    assert [fill.exec_id for fill in client.fills(since=None, follow=False)] == ["old.1", "new.1"]


def test_one_account_alone(fake: FakeBridge, client: Client) -> None:
    fake.publish(ORDERS, "execution", execution("e.1"))
    fake.publish("ord|DU7654321|", "execution", execution("f.1", account="DU7654321"))
    fills = client.fills(since=None, follow=False, account="DU7654321")
    assert [fill.exec_id for fill in fills] == ["f.1"]


def test_waiting_ends_and_a_closed_loop_too(fake: FakeBridge, client: Client) -> None:
    with client.fills(since="now") as fills:
        assert fills.next(0.05) is None
        eventually(lambda: fills.is_caught_up)
    assert list(fills) == []
