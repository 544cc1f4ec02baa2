from __future__ import annotations

from twsbridge.protocol.line_state import LineState, Rerouted, TickParameters
from twsbridge_server.core.line_terms import LineTerms


def test_each_is_news_once_and_the_last_one_counts() -> None:
    terms = LineTerms()
    first, second = TickParameters(min_tick=0.01), TickParameters(min_tick=0.05)
    elsewhere = Rerouted(con_id=7, exchange="SMART")
    assert terms.wire() == {}
    assert [terms.take(said) for said in (first, first, elsewhere, elsewhere, second)] == [
        True, False, True, False, True,
    ]  # fmt: skip
    state = LineState.model_validate({"state": "live", **terms.wire()})
    assert (state.parameters, state.rerouted) == (second, elsewhere)
