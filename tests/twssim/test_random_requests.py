"""Any sequence of requests of the official client: everything is understood, answered, and the money agrees.

TWSBRIDGE_EXAMPLES chooses how many sequences each server version goes through.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibapi.message import OUT

from tests.twssim.every_request import ASKS, ORDER, SILENT, STREAMS, TOO_OLD, Ask, answered, id_of
from tests.twssim.money import Told, check
from tests.twssim.official import Event, OfficialClient, gateway, order, stock
from twssim.wire import Framer

EXAMPLES = int(os.environ.get("TWSBRIDGE_EXAMPLES", "6"))
FIRST_REQUEST = 5_000_000
CLIENT_SIDE = set(range(501, 594)) - {TOO_OLD}
VERSIONS = (157, 176, 200, 203, 213, 225)

asks = st.tuples(st.sampled_from(ASKS) | st.just(ORDER), st.integers(0, 3))
"""A request, half of the time an order, and what happens to it afterwards: 0 cancels what it began."""


class Trader:
    """An official client that makes one request after the other, and an observer of all positions."""

    def __init__(self, version: int) -> None:
        self.tws = gateway(seed=version)
        self.client = OfficialClient(self.tws, 1, version)
        self.client.extraAuth = True
        self.observer = OfficialClient(self.tws, 2, version)
        self.observer.reqPositions()
        self.told, self.ended = Told(), set[int]()
        self.after(1.0)

    def after(self, seconds: float) -> list[Event]:
        events = self.client.after(seconds)
        self.told.hear(events)
        self.told.hear(self.observer.take())
        self._nothing_after_the_end(events)
        return events

    def _nothing_after_the_end(self, events: list[Event]) -> None:
        for name, arguments in events:
            if name == "error":
                assert arguments[2] not in CLIENT_SIDE, arguments
            elif arguments:
                number = id_of(name, arguments)
                assert not isinstance(number, int) or number not in self.ended, (name, arguments)

    def ask(self, ask: Ask, number: int, then: int) -> None:
        ask.send(self.client, number)
        events = self.after(0.5)
        if not answered(ask, number, events):
            events += self.after(ask.patience)
        assert answered(ask, number, events), f"{ask.message} {number} got no answer, only {events[-5:]}"
        if ask.cancel is not None and then == 0:
            ask.cancel(self.client, number)
            self.after(0.5)
            self.ended.add(number)


@pytest.mark.parametrize("version", VERSIONS)
@settings(max_examples=EXAMPLES)
@given(steps=st.lists(asks, max_size=25))
def test_everything_asked_is_answered_and_the_money_agrees(version: int, steps: list[tuple[Ask, int]]) -> None:
    trader = Trader(version)
    for number, (ask, then) in enumerate(steps, FIRST_REQUEST):
        trader.ask(ask, number, then)
        check(trader.tws, trader.told)
    trader.after(30.0)
    check(trader.tws, trader.told)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_request_once(version: int) -> None:
    trader = Trader(version)
    for number, ask in enumerate(ASKS, FIRST_REQUEST):
        trader.ask(ask, number, then=1)
        check(trader.tws, trader.told)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("ask", STREAMS, ids=lambda ask: ask.message)
def test_what_is_cancelled_is_silent(ask: Ask, version: int) -> None:
    trader = Trader(version)
    for number in range(FIRST_REQUEST, FIRST_REQUEST + 6):
        trader.ask(ask, number, then=0)
    trader.after(400.0)


class Listening:
    """A connection that keeps what would be sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def sendMsg(self, frame: bytes) -> int:
        self.sent.append(frame)
        return len(frame)

    def isConnected(self) -> bool:
        return True


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.message)
def test_a_row_of_the_table_sends_its_message(ask: Ask) -> None:
    client: Any = OfficialClient(gateway(), version=225)
    client.extraAuth, client.conn = True, Listening()
    ask.send(client, FIRST_REQUEST)
    ((payload,),) = [list(Framer().feed(frame)) for frame in client.conn.sent]
    assert int.from_bytes(payload[:4], "big") % 200 == getattr(OUT, ask.message)


def test_the_table_has_every_message_of_the_official_client() -> None:
    known = {number for number in vars(OUT).values() if isinstance(number, int)}
    assert {getattr(OUT, ask.message) for ask in ASKS} == known


def test_what_may_be_silent_is_named() -> None:
    assert {name for name in SILENT if not name.startswith("CANCEL_")} == {
        "REQ_NEWS_BULLETINS",
        "SET_SERVER_LOGLEVEL",
        "REQ_GLOBAL_CANCEL",
        "REQ_MARKET_DATA_TYPE",
        "UNSUBSCRIBE_FROM_GROUP_EVENTS",
        "START_API",
    }


def test_the_judge_sees_a_fill_that_nobody_was_told_of() -> None:
    trader: Any = Trader(225)
    trader.client.placeOrder(1, stock(), order("MKT", "BUY", 1))
    trader.client.after(5.0)
    with pytest.raises(AssertionError):
        check(trader.tws, trader.told)
