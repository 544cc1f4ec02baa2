from __future__ import annotations

from twsbridge.protocol.line_state import LineGap, LineResumed
from twsbridge_server.core.interruption import Interruption


def test_a_gap_keeps_its_beginning_and_takes_the_newest_reason() -> None:
    one = Interruption()
    assert one.end() is None
    one.begin("silent", 5, data_lost=False)
    one.begin("1101", 9)
    one.begin("1102", 12, data_lost=False)
    assert one.gap == LineGap(since_us=5, reason="1102")
    assert one.end() == LineResumed(since_us=5, data_lost=True)
    assert one.gap is None and one.end() is None


def test_only_a_gap_makes_a_new_request_replace_what_was_known() -> None:
    one = Interruption()
    one.asked_anew()
    assert not one.is_anew
    one.begin("gone", 1)
    one.asked_anew()
    assert one.is_anew
    one.end()
    assert not one.is_anew
