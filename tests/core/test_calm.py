from __future__ import annotations

from tests.core.rig import SETTINGS
from twsbridge_server.core.calm import CALM_US, Calm
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.session import LINK_DOWN, READY, Session

NOW = 10 * CALM_US


def test_a_minute_after_the_last_trouble_all_is_calm() -> None:
    session = Session(SETTINGS, Sequencer("epoch", {}))
    session.state = READY
    calm = Calm(session)
    assert calm.lasts(NOW)
    calm.troubled(NOW)
    assert [calm.lasts(NOW + after) for after in (0, CALM_US - 1, CALM_US)] == [False, False, True]


def test_what_the_session_says_counts_too() -> None:
    session = Session(SETTINGS, Sequencer("epoch", {}))
    calm = Calm(session)
    for session.state, session.farms, lasts in (
        (LINK_DOWN, {}, False),
        (READY, {"secdefil": "broken"}, False),
        (READY, {"secdefil": "ok"}, False),
    ):
        assert calm.lasts(NOW) == lasts
    assert calm.lasts(NOW + CALM_US)
