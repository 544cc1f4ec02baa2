from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.client.fake_bridge import ORDERS, FakeBridge, execution, order_state
from tests.waiting import eventually
from twsbridge import Client, Fill, Notice, OrderState
from twsbridge.callbacks import Callbacks
from twsbridge.channel import Channel

NOTICE = {"tws_code": 2104, "text": "farm OK"}


def test_each_name_gets_its_own_things(fake: FakeBridge, client: Client) -> None:
    seen: list[tuple[str, Any]] = []
    for name in ("fill", "execution", "correction", "order", "notice"):
        client.on(name, lambda thing, name=name: seen.append((name, thing)))
    fake.publish(ORDERS, "order", order_state().wire())
    fake.publish(ORDERS, "execution", execution("e.1"))
    fake.publish(ORDERS, "correction", execution("e.2", replaces="e.1"))
    fake.publish("sys|", "notice", NOTICE)
    eventually(lambda: len(seen) == 6)
    assert all(isinstance(thing, Notice) for name, thing in seen if name == "notice")
    assert all(isinstance(thing, Fill) for name, thing in seen if name in ("fill", "execution", "correction"))
    assert sorted(name for name, _ in seen) == ["correction", "execution", "fill", "fill", "notice", "order"]
    assert all(isinstance(thing, OrderState) for name, thing in seen if name == "order")


def test_a_gap_is_told_for_each_stream(fake: FakeBridge, client: Client) -> None:
    seen: list[tuple[str, str]] = []
    client.on("gap", lambda gap: seen.append(("gap", gap.stream)))
    client.on("resumed", lambda over: seen.append(("resumed", over.stream)))
    for stream in ("sys|", ORDERS):
        fake.publish(stream, "gap", {"stream": stream, "since_us": 1, "reason": "1100"})
        fake.publish(stream, "resumed", {"stream": stream, "since_us": 1, "data_lost": False})
    told = {(name, stream) for name in ("gap", "resumed") for stream in ("sys|", ORDERS)}
    eventually(lambda: set(seen) == told)


def test_they_run_in_a_thread_of_their_own(fake: FakeBridge, client: Client) -> None:
    names: list[str] = []

    @client.on("execution")
    def note(fill: Fill) -> None:
        names.append(threading.current_thread().name)
        assert client.trade is not None

    fake.publish(ORDERS, "execution", execution())
    eventually(lambda: names == ["twsbridge-events"])


def test_one_that_fails_keeps_the_others_from_nothing(
    fake: FakeBridge, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []

    def broken(fill: Fill) -> None:
        raise RuntimeError("a mistake")

    client.on("fill", broken)
    client.on("fill", lambda fill: seen.append(fill.exec_id))
    for number in (1, 2):
        fake.publish(ORDERS, "execution", execution(f"e.{number}"))
    eventually(lambda: seen == ["e.1", "e.2"])
    assert "a mistake" in caplog.text


def test_one_that_is_removed_is_called_no_more(fake: FakeBridge, client: Client) -> None:
    seen: list[str] = []
    kept: list[str] = []

    @client.on("fill")
    def note(fill: Fill) -> None:
        seen.append(fill.exec_id)

    client.on("fill", lambda fill: kept.append(fill.exec_id))
    fake.publish(ORDERS, "execution", execution("e.1"))
    eventually(lambda: kept == ["e.1"])
    client.off(note)
    fake.publish(ORDERS, "execution", execution("e.2"))
    eventually(lambda: kept == ["e.1", "e.2"])
    assert seen == ["e.1"]


def test_a_name_that_there_is_not_is_refused_with_those_there_are(channel: Channel) -> None:
    with pytest.raises(ValueError, match="correction, execution, fill, gap"):
        Callbacks(channel).add("fils", print)
