from __future__ import annotations

from tests.core.rig import SETTINGS, of
from twsbridge_server.core import effects as fx
from twsbridge_server.core.keep_alive import KeepAlive


def test_a_silent_tws_is_asked_then_left() -> None:
    alive = KeepAlive(SETTINGS)
    alive.begin(0)
    assert alive.due(SETTINGS.keepalive_us - 1) == []
    asked = alive.next_due()
    assert len(of(fx.CallTws, alive.due(asked))) == 1
    left = alive.next_due()
    assert left == asked + SETTINGS.silence_us
    assert [e.reason for e in of(fx.DisconnectTws, alive.due(left))] == ["TWS has been silent for 20 s"]


def test_an_answer_is_proof_of_life() -> None:
    alive = KeepAlive(SETTINGS)
    alive.begin(0)
    alive.due(alive.next_due())
    alive.answered(7)
    assert alive.next_due() == 7 + SETTINGS.keepalive_us


def test_a_tws_that_sends_data_is_asked_all_the_same() -> None:
    alive = KeepAlive(SETTINGS)
    alive.begin(0)
    for second in range(10):
        alive.heard(second * 1_000_000)
    assert alive.next_due() == SETTINGS.proof_us
    assert len(of(fx.CallTws, alive.due(SETTINGS.proof_us))) == 1


def test_a_tws_that_sends_data_but_answers_nothing_is_left() -> None:
    alive = KeepAlive(SETTINGS)
    alive.begin(0)
    asked = alive.next_due()
    alive.due(asked)
    for second in range(1, 40):
        alive.heard(asked + second * 1_000_000)
    left = alive.next_due()
    assert left == asked + SETTINGS.unanswered_us
    assert [e.reason for e in of(fx.DisconnectTws, alive.due(left))] == [
        "TWS sends data but has answered no question for 30 s"
    ]
