from __future__ import annotations

from typing import Any

import pytest

from tests.client.fake_bridge import ORDERS, FakeBridge, order_state
from tests.waiting import PATIENCE
from twsbridge import BracketPrices, Client, InvalidRequest, LimitOrder
from twsbridge.protocol import commands, replies


@pytest.fixture
def taking(fake: FakeBridge) -> FakeBridge:
    """The fake takes groups as they come."""

    def place(command: commands.PlaceGroup) -> replies.OrderGroup:
        states = [
            order_state(client_order_id=m.client_order_id, contract=m.contract, order=m.order, order_id=n)
            for n, m in enumerate(command.members, 1)
        ]
        return replies.OrderGroup(orders=states)

    fake.answers["order.place_group"] = place
    return fake


def last(fake: FakeBridge) -> Any:
    return [command for command in fake.received if command.name not in ("ping", "hello")][-1]


def test_a_bracket_from_a_few_words(taking: FakeBridge, client: Client) -> None:
    bracket = client.bracket("AAPL", "BUY", 10, BracketPrices(200, 180), limit=190, tif="GTC", client_order_id="b")
    command = last(taking)
    assert command.kind == "bracket"
    said = [(m.client_order_id, m.order.action, m.order.order_type) for m in command.members]
    assert said == [("b.entry", "BUY", "LMT"), ("b.target", "SELL", "LMT"), ("b.stop", "SELL", "STP")]
    assert {m.order.tif for m in command.members} == {"GTC"}
    assert (bracket.entry.order_id, bracket.target.order_id, bracket.stop.order_id) == (1, 2, 3)


def test_the_orders_of_a_bracket_follow_events(taking: FakeBridge, client: Client) -> None:
    bracket = client.bracket("AAPL", "SELL", 1, BracketPrices(180, 200), client_order_id="b")
    state = bracket.stop.state.model_copy(update={"status": "Submitted", "updated_us": 9 * 10**15})
    taking.publish(ORDERS, "order", state.wire())
    assert bracket.stop.wait("submitted", timeout=PATIENCE).status == "Submitted"


def test_a_group_of_which_one_fills(taking: FakeBridge, client: Client) -> None:
    trades = client.oca([("AAPL", LimitOrder("BUY", 1, 180)), ("MSFT", LimitOrder("BUY", 1, 300))], oca_type=2)
    command = last(taking)
    assert (command.kind, command.oca_type, [m.contract.symbol for m in command.members]) == (
        "oca",
        2,
        ["AAPL", "MSFT"],
    )
    assert len({trade.client_order_id for trade in trades}) == 2


def test_a_bracket_that_makes_no_sense_is_not_sent(taking: FakeBridge, client: Client) -> None:
    with pytest.raises(InvalidRequest):
        client.bracket("AAPL", "BUY", 0, BracketPrices(200, 180))
    with pytest.raises(TypeError):
        client.bracket("AAPL", "BUY", 1, BracketPrices(200, 180), stopp=3)  # type: ignore[call-arg]
    assert not [c for c in taking.received if c.name == "order.place_group"]


def test_a_resend_names_the_attempt_that_was_not_found(taking: FakeBridge, client: Client) -> None:
    lost = order_state(client_order_id="k", status="NOT_FOUND", attempt=2)
    taking.answers["order.get"] = lambda command: replies.OrderReply(order=lost)
    taking.answers["order.resend"] = lambda command: replies.OrderReply(
        order=lost.model_copy(
            update={"status": "PendingSubmit", "attempt": 3, "order_id": 18, "updated_us": 9 * 10**15}
        )
    )
    trade = client.resend("k")
    command = [c for c in taking.received if c.name == "order.resend"][0]
    assert (command.client_order_id, command.attempt) == ("k", 2)
    assert (trade.order_id, trade.state.attempt) == (18, 3)


def test_the_fills_of_a_group_are_booked_under_its_strategy(taking: FakeBridge, client: Client) -> None:
    client.bracket("AAPL", "BUY", 10, BracketPrices(200, 180), client_order_id="b", strategy="mean")
    assert [member.strategy for member in last(taking).members] == ["mean"] * 3
    client.oca([("AAPL", LimitOrder("BUY", 1, 180)), ("MSFT", LimitOrder("BUY", 1, 300))], strategy="pair", timeout=5)
    assert [member.strategy for member in last(taking).members] == ["pair"] * 2
