from __future__ import annotations

from typing import Any

from tests.core.rig import of
from tests.core.test_line_gates import bars5, ticks
from twsbridge_server.core.answers import FIRST_REQUEST_ID, RequestIds
from twsbridge_server.core.effects import CallTws, Effect, PublishTicks
from twsbridge_server.core.held_lines import HeldLines
from twsbridge_server.core.history.pacing import SECOND, HistoryPacing
from twsbridge_server.core.line_gates import GATES, LineGates
from twsbridge_server.core.open_lines import OpenLines

SPAN = GATES["tbt"].span_us


def opened() -> tuple[OpenLines, HeldLines]:
    lines = OpenLines(100, RequestIds(), LineGates(HistoryPacing()))
    lines.begin()
    return lines, HeldLines(lines)


def bodies(effects: list[Effect]) -> list[Any]:
    return [said.body for said in of(PublishTicks, effects)]


def test_a_line_that_came_too_soon_is_asked_for_as_soon_as_it_may_be() -> None:
    lines, held = opened()
    trades, quotes = ticks(), ticks(what="BidAsk")
    assert lines.open(trades, 0) and lines.open(quotes, 1) == []
    assert quotes.state == "waiting" and quotes.condition()["held"]["until_us"] == SPAN == held.next_due()
    assert held.due(SPAN - 1) == []
    effects = held.due(SPAN)
    assert of(CallTws, effects) == [CallTws(quotes.rule.open(FIRST_REQUEST_ID + 1, quotes.wanted))]
    assert "held" not in bodies(effects)[-1] and held.next_due() is None


def test_of_those_that_wait_for_one_instrument_the_higher_role_goes_first_and_the_other_waits_on() -> None:
    lines, held = opened()
    for each in (ticks(), web := ticks(what="BidAsk"), desk := ticks(what="MidPoint")):
        lines.open(each, 0)
    desk.rank = 2
    effects = held.due(SPAN)
    assert (desk.held, desk.req_id is None) == (None, False)
    assert web.held is not None and web.held.until_us == 2 * SPAN == held.next_due()
    assert bodies(effects)[-1]["held"]["until_us"] == 2 * SPAN


def test_a_held_line_that_nobody_wants_any_more_is_never_asked_for() -> None:
    lines, held = opened()
    lines.open(ticks(), 0)
    lines.open(unwanted := ticks(what="BidAsk"), 0)
    assert lines.cancel(unwanted) == [] and held.next_due() is None


def test_a_session_that_ends_takes_the_waiting_with_it_and_the_limits_stay() -> None:
    lines, held = opened()
    lines.open(trades := ticks(), 0)
    lines.open(quotes := ticks(what="BidAsk"), 0)
    said = held.lost(5)
    assert [body["state"] for body in bodies(said)] == ["waiting"] and "held" not in bodies(said)[0]
    lines.begin()
    assert lines.open(trades, SECOND) == lines.open(quotes, SECOND) == []
    assert held.next_due() == SPAN


def test_what_tws_refuses_for_its_pacing_is_asked_for_again_after_a_pause() -> None:
    lines, held = opened()
    lines.open(bars := bars5(), 0)
    (said,) = bodies(lines.refused(bars, "Historical data request pacing violation", SECOND))
    assert said["state"] == "waiting" and "pacing violation" in said["held"]["reason"]
    again = held.due(said["held"]["until_us"])
    assert of(CallTws, again) == [CallTws(bars.rule.open(FIRST_REQUEST_ID + 1, bars.wanted))]
