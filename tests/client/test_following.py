from __future__ import annotations

import threading

import pytest

from tests.client.fake_bridge import ACCOUNT, ORDERS, FakeBridge, execution
from tests.client.test_status import status
from tests.waiting import PATIENCE
from twsbridge import Client
from twsbridge.protocol import topics

NOTICE = {"tws_code": 2104, "text": "farm OK", "time_us": 4_000_000_000_000_000}
ACCOUNTS = topics.account(ACCOUNT)


def test_streams_are_named_by_words_or_by_themselves(fake: FakeBridge, client: Client) -> None:
    fake.publish(ORDERS, "order", {})
    fake.publish(ACCOUNTS, "position", {})
    fake.publish("sys|", "notice", NOTICE)

    def kinds(*streams: str) -> list[str]:
        return sorted(event.type for event in client.events(*streams, since=None, follow=False))

    assert kinds() == ["notice", "order", "position"]
    assert kinds("orders") == kinds(ORDERS) == ["order"]
    assert kinds("accounts", "system") == ["notice", "position"]


def test_events_begin_now_unless_told_otherwise(fake: FakeBridge, client: Client) -> None:
    fake.publish(ORDERS, "order", {})
    with client.events("orders") as events:
        fake.publish(ORDERS, "execution", execution())
        event = events.next(10)
        assert event is not None and event.type == "execution"


def test_notices_of_today(fake: FakeBridge, client: Client) -> None:
    fake.publish("sys|", "notice", {**NOTICE, "time_us": 1})
    fake.publish("sys|", "session", {"state": "READY", "reason": ""})
    fake.publish("sys|", "notice", NOTICE)
    assert [notice.tws_code for notice in client.notices()] == [2104]
    assert len(client.notices(since=None)) == 2
    assert "farm OK" in repr(client.notices())


def test_waiting_until_the_bridge_is_ready(fake: FakeBridge, client: Client) -> None:
    states = iter(["STARTING", "STARTING", "READY"])
    fake.answers["status"] = lambda command: status(state=next(states))
    for _ in range(2):
        threading.Timer(0.05, lambda: fake.publish("sys|", "session", {"state": "x", "reason": ""})).start()
    client.wait_ready(timeout=PATIENCE)
    assert next(states, None) is None


def test_a_bridge_that_does_not_get_ready_says_why(fake: FakeBridge, client: Client) -> None:
    fake.answers["status"] = lambda command: status(state="DISCONNECTED", reason="nothing listens at 127.0.0.1:7497")
    with pytest.raises(TimeoutError, match=r"DISCONNECTED \(nothing listens at 127.0.0.1:7497\) after 0.1 s"):
        client.wait_ready(timeout=0.1)


def test_an_unknown_since_is_refused(client: Client) -> None:
    with pytest.raises(ValueError, match="'today', 'now'"):
        client.fills(since="yesterday")
