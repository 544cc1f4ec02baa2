from __future__ import annotations

import logging
import threading

import pytest

from tests.client.fake_bridge import ORDERS, FakeBridge
from tests.waiting import PATIENCE, eventually
from twsbridge.channel import Channel
from twsbridge.listener import Listener
from twsbridge.stream_event import StreamEvent


def listening() -> bool:
    return any(thread.name == "twsbridge-events" for thread in threading.enumerate())


def test_every_event_from_now_on_is_passed_on(fake: FakeBridge, channel: Channel) -> None:
    fake.publish(ORDERS, "order", {})
    taken: list[int] = []
    Listener(channel, ("ord|",), lambda event: taken.append(event.seq))
    for _ in range(3):
        fake.publish(ORDERS, "order", {})
    eventually(lambda: taken == [2, 3, 4])


def test_an_error_in_handling_one_event_keeps_no_other_back(
    fake: FakeBridge, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[int] = []

    def take(event: StreamEvent) -> None:
        if event.seq == 1:
            raise RuntimeError("a mistake")
        taken.append(event.seq)

    with caplog.at_level(logging.ERROR):
        Listener(channel, ("ord|",), take)
        for _ in range(2):
            fake.publish(ORDERS, "order", {})
        eventually(lambda: taken == [2])
    assert "a mistake" in caplog.text


def test_a_new_history_is_told_and_followed(fake: FakeBridge, channel: Channel) -> None:
    taken: list[tuple[str, int]] = []
    broke = threading.Event()
    Listener(channel, ("ord|",), lambda event: taken.append((event.epoch, event.seq)), broke.set)
    fake.publish(ORDERS, "order", {})
    eventually(lambda: taken == [("epoch-1", 1)])
    fake.lose_history("epoch-2")
    fake.publish(ORDERS, "order", {})
    assert broke.wait(PATIENCE)
    fake.publish(ORDERS, "order", {})
    eventually(lambda: taken[-1] == ("epoch-2", 2))


def test_it_ends_with_the_client(channel: Channel) -> None:
    Listener(channel, ("ord|",), lambda event: None)
    assert listening()
    channel.close()
    eventually(lambda: not listening())


def test_a_broken_client_ends_it_with_a_word(channel: Channel, caplog: pytest.LogCaptureFixture) -> None:
    Listener(channel, ("ord|",), lambda event: None)

    def defect(board: object) -> None:
        raise RuntimeError("a defect")

    channel._io.post(defect)
    eventually(lambda: not listening())
    assert "No more events" in caplog.text
