from __future__ import annotations

from tests.core.rig import SETTINGS, of
from twsbridge_server.core import effects as fx
from twsbridge_server.core.keep_alive import KeepAlive


def test_a_silent_tws_is_asked_then_left() -> None:
    alive = KeepAlive(SETTINGS)
    alive.heard(0)
    assert alive.due(SETTINGS.keepalive_us - 1) == []
    asked = alive.next_due()
    assert len(of(fx.CallTws, alive.due(asked))) == 1
    left = alive.next_due()
    assert left == asked + SETTINGS.silence_us
    assert [e.reason for e in of(fx.DisconnectTws, alive.due(left))] == ["TWS has been silent for 20 s"]


def test_whatever_tws_says_is_an_answer() -> None:
    alive = KeepAlive(SETTINGS)
    alive.heard(0)
    alive.due(alive.next_due())
    alive.heard(7)
    assert alive.next_due() == 7 + SETTINGS.keepalive_us
