from __future__ import annotations

from twsbridge.protocol.line_state import LineGap, LineResumed, LineState


def test_what_does_not_hold_is_left_out() -> None:
    assert LineState(state="live", market_data_type=1).wire() == {"market_data_type": 1, "state": "live"}
    stale = LineState(state="stale", gap=LineGap(since_us=5, reason="gone"))
    assert LineState.model_validate(stale.wire()) == stale
    over = LineState(state="live", resumed=LineResumed(since_us=5, data_lost=False))
    assert over.wire()["resumed"] == {"since_us": 5, "data_lost": False}
