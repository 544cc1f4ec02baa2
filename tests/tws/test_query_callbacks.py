from __future__ import annotations

import pytest
from ibapi.common import HistoricalTickLast
from ibapi.const import UNSET_DOUBLE

from twsbridge.protocol.query_replies import Headline, OptionComputation
from twsbridge.protocol.tick_values import OptionTick
from twsbridge_server.core.queries.answers import AnswerEnd, AnswerPart, IdlessAnswer
from twsbridge_server.core.queries.questions import MarketRule
from twsbridge_server.core.stream_inputs import Ticks
from twsbridge_server.tws.query_callbacks import DocumentCallbacks, news_time


@pytest.fixture
def callbacks() -> DocumentCallbacks:
    return DocumentCallbacks()


def test_a_calculation_is_an_answer_and_a_tick_of_a_line_is_not(callbacks: DocumentCallbacks) -> None:
    callbacks.tickOptionComputation(7, 13, 1, 0.3, 0.5, 4.2, 0.0, None, 0.2, -0.1, UNSET_DOUBLE)
    (ticks,) = callbacks.said
    assert isinstance(ticks, Ticks) and (ticks.req_id, ticks.ticks[0].tick_type) == (7, 13)
    told = OptionTick(
        tick_attrib=1, implied_volatility=0.3, delta=0.5, option_price=4.2, pv_dividend=0.0, vega=0.2, theta=-0.1
    )
    assert ticks.ticks[0].value == told.wire()
    callbacks.said.clear()
    callbacks.tickOptionComputation(7, 53, 1, 0.3, 0.5, 4.2, None, 0.1, None, -0.1, 190.0)
    known = OptionComputation(
        implied_volatility=0.3, delta=0.5, option_price=4.2, gamma=0.1, theta=-0.1, under_price=190.0
    )
    assert callbacks.said == [AnswerPart(7, (known,)), AnswerEnd(7)]


def test_ticks_come_in_parts(callbacks: DocumentCallbacks) -> None:
    tick = HistoricalTickLast()
    tick.size = 5
    callbacks.historicalTicksLast(7, [tick], False)
    callbacks.historicalTicksLast(7, [], True)
    assert [type(said) for said in callbacks.said] == [AnswerPart, AnswerPart, AnswerEnd]


def test_headlines(callbacks: DocumentCallbacks) -> None:
    callbacks.historicalNews(7, "2026-11-23 16:00:00.0", "BRFG", "BRFG$1", "Apple")
    callbacks.historicalNewsEnd(7, True)
    row = Headline(time_us=1_795_449_600_000_000, provider_code="BRFG", article_id="BRFG$1", headline="Apple")
    assert callbacks.said == [AnswerPart(7, (row,)), AnswerPart(7, (True,)), AnswerEnd(7)]


def test_answers_without_an_id_say_what_they_are_about(callbacks: DocumentCallbacks) -> None:
    callbacks.marketRule(26, [])
    assert [type(said) for said in callbacks.said] == [IdlessAnswer]
    assert callbacks.said[0].subject == MarketRule(26).subject  # type: ignore[union-attr]


def test_groups_are_numbers(callbacks: DocumentCallbacks) -> None:
    callbacks.displayGroupList(7, "4|1|2")
    callbacks.displayGroupList(8, "")
    assert [part.parts[0].groups for part in callbacks.said if isinstance(part, AnswerPart)] == [[4, 1, 2], []]


@pytest.mark.parametrize("written", ["", "yesterday", "2026-11-23"])
def test_a_time_that_cannot_be_read_is_none(written: str) -> None:
    assert news_time(written) is None
