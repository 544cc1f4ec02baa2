from __future__ import annotations

import threading
import time

import pytest

from tests.client.fake_bridge import FakeBridge
from tests.waiting import eventually
from twsbridge.channel import Channel
from twsbridge.errors import BridgeError
from twsbridge.interruption import Interruption
from twsbridge.protocol.commands import CancelBars, GetBars
from twsbridge.protocol.models import Contract
from twsbridge.protocol.replies import Bars

ASKED = GetBars(contract=Contract(symbol="AAPL"), duration="1 D", bar_size="1 min")


def test_a_question_that_waits_is_ended_and_cancelled_at_the_bridge(fake: FakeBridge, channel: Channel) -> None:
    fake.answers["history.bars"] = lambda command: None
    interruption = Interruption()
    errors: list[BridgeError] = []

    def ask() -> None:
        with pytest.raises(BridgeError) as ended:
            channel.ask(ASKED, Bars, 30, interruption=interruption)
        errors.append(ended.value)

    thread = threading.Thread(target=ask)
    thread.start()
    eventually(lambda: ASKED in fake.received, "the question")
    interruption.interrupt()
    thread.join(10)
    assert [error.code for error in errors] == ["req.cancelled"]
    eventually(lambda: any(isinstance(each, CancelBars) for each in fake.received), "the cancel")
    with pytest.raises(BridgeError):
        channel.ask(ASKED, Bars, 30, interruption=interruption)


def test_a_pause_ends_at_once() -> None:
    interruption = Interruption()
    interruption.pause(0)
    interruption.check()
    interruption.interrupt()
    begun = time.monotonic()
    with pytest.raises(BridgeError):
        interruption.pause(60)
    assert time.monotonic() - begun < 5
