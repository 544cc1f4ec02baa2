from __future__ import annotations

import gc
from typing import Any

from tests.client.fake_bridge import ORDERS, FakeBridge, execution, order_state
from tests.waiting import eventually
from twsbridge.channel import Channel
from twsbridge.protocol.commands import GetOrder
from twsbridge.protocol.models import Execution
from twsbridge.protocol.replies import ExecutionRows, OrderReply
from twsbridge.trades import Trades


def commission(exec_id: str) -> dict[str, Any]:
    return {"exec_id": exec_id, "commission": "1.05", "currency": "USD"}


def test_events_reach_an_order_before_its_number_is_known(fake: FakeBridge, channel: Channel) -> None:
    progress = Trades(channel).expect("key-1")
    fake.publish(ORDERS, "order", order_state(status="Submitted").wire())
    fake.publish(ORDERS, "execution", execution("e.1"))
    fake.publish(ORDERS, "commission", commission("e.1"))
    eventually(lambda: progress.fills and progress.fills[0].commission)
    assert (progress.state.status, progress.state.order_id) == ("Submitted", 17)


def test_orders_of_others_are_not_mixed_up(fake: FakeBridge, channel: Channel) -> None:
    trades = Trades(channel)
    mine, theirs = trades.expect("key-1"), trades.of(order_state(owner="another", order_id=18))
    fake.publish(ORDERS, "order", order_state(owner="another", order_id=18, status="Submitted").wire())
    fake.publish(ORDERS, "order", order_state(client_order_id="key-2", status="Filled").wire())
    eventually(lambda: theirs.status == "Submitted")
    assert mine.state.status == "PendingSubmit"


def test_an_order_from_elsewhere_is_known_by_its_lasting_number(fake: FakeBridge, channel: Channel) -> None:
    foreign = {"client_order_id": None, "owner": None, "order_id": None, "perm_id": 999, "origin": "external"}
    trade = Trades(channel).of(order_state(**foreign))
    fake.publish(ORDERS, "order", order_state(**foreign, status="Submitted").wire())
    fake.publish(ORDERS, "execution", execution("e.1", **{**foreign, "origin": None}))
    eventually(lambda: trade.status == "Submitted" and len(trade.fills) == 1)


def test_the_same_order_is_one_thing_in_several_hands(fake: FakeBridge, channel: Channel) -> None:
    trades = Trades(channel)
    one, two = trades.of(order_state()), trades.of(order_state())
    fake.publish(ORDERS, "order", order_state(status="Submitted").wire())
    eventually(lambda: one.status == two.status == "Submitted")


def test_fills_of_before_are_fetched(fake: FakeBridge, channel: Channel) -> None:
    mine = Execution.model_validate(execution("e.1", shares="4"))
    other = Execution.model_validate(execution("x.1", client_order_id="key-2"))
    fake.answers["executions.list"] = lambda command: ExecutionRows(rows=[other, mine])
    trade = Trades(channel).of(order_state(status="Submitted", filled="4"))
    assert [fill.exec_id for fill in trade.fills] == ["e.1"]
    fake.publish(ORDERS, "commission", commission("e.1"))
    eventually(lambda: trade.fills[0].commission)


def test_an_order_without_fills_needs_no_fetching(fake: FakeBridge, channel: Channel) -> None:
    Trades(channel).of(order_state())
    assert "executions.list" not in fake.names()


def test_orders_that_nobody_holds_are_forgotten(fake: FakeBridge, channel: Channel) -> None:
    trades = Trades(channel)
    held = [trades.of(order_state())]
    fake.publish(ORDERS, "execution", execution("e.1"))
    eventually(lambda: held[0].fills)
    held.clear()

    def forgotten() -> bool:
        gc.collect()
        return not trades._orders and not trades._by_exec_id

    eventually(forgotten)


def test_after_a_break_in_the_history_every_order_is_asked_for(fake: FakeBridge, channel: Channel) -> None:
    trade = Trades(channel).of(order_state(updated_us=1))
    fake.answers["order.get"] = lambda command: OrderReply(order=order_state(status="Filled", filled="10"))
    fake.publish(ORDERS, "order", order_state(status="Submitted", updated_us=2).wire())
    eventually(lambda: trade.status == "Submitted")
    fake.lose_history("epoch-2")
    fake.publish(ORDERS, "order", {})
    eventually(lambda: trade.status == "Filled")
    assert GetOrder(order_id=17) in fake.received


def test_an_order_that_the_bridge_has_lost_stays_as_it_was(fake: FakeBridge, channel: Channel) -> None:
    trades = Trades(channel)
    trade = trades.of(order_state(status="Submitted"))
    fake.answers["order.get"] = lambda command: [{"strange": True}]
    trades._refresh()
    assert trade.status == "Submitted"
