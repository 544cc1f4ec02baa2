from __future__ import annotations

from tests.core.history.world import FOUND, at, block
from twsbridge_server.core.history.blocks import SeriesKey
from twsbridge_server.core.history.held import Held
from twsbridge_server.core.history.scale import DAY_US, Scale
from twsbridge_server.core.history.steps import Steps

NOW = at("2026-11-18 12:00:07")
KEY = SeriesKey(77, "LSE", "1 min", "TRADES", True)
NOON = at("2026-11-13 12:00")


def steps(**more: str) -> Steps:
    key = KEY._replace(**more)
    return Steps(key, Scale(key.bar_size, "Europe/London"))


def test_the_end_of_a_span_is_asked_for_at_the_end_of_a_bar() -> None:
    step = steps().toward(Held(), (NOON - 30 * DAY_US, NOON + 1), NOW)
    call = step.call(KEY, FOUND)
    assert (call.end, call.duration, call.bar_size) == ("20261113-12:01:00", "7 D", "1 min")
    assert not step.is_whole and not step.is_live


def test_before_a_known_bar_exactly_what_is_before_it() -> None:
    held = Held()
    held.add(block(NOON + 7, NOON + 9, NOON + 7))
    assert steps().toward(held, (NOON - DAY_US, NOON + 7), NOW).end == NOON + 7


def test_what_is_not_over_has_no_end() -> None:
    step = steps().toward(Held(), (NOW - DAY_US, NOW + 1), NOW)
    assert step.end is None and step.is_live and step.is_whole and step.ask.duration == "3 D"


def test_as_many_days_as_are_wanted() -> None:
    assert steps().toward(Held(), (0, NOON), NOW, days=2).ask.duration == "3 D"


def test_a_probe_asks_for_days() -> None:
    call = steps().probe(Held(), (0, NOON), NOW).call(KEY, FOUND)
    assert (call.bar_size, call.duration, call.end) == ("1 day", "10 Y", "20261113-12:00:00")


def test_half_of_it_until_there_is_no_half() -> None:
    some = steps()
    assert some.halve() and some.toward(Held(), (0, NOON), NOW).ask.duration == "3 D"
    assert some.halve() and not some.halve()
    assert not steps(what_to_show="ADJUSTED_LAST").halve()


def test_a_caller_is_asked_for_in_his_words() -> None:
    step = steps(bar_size="1 day").exactly("3 M", at("2026-11-13 00:00"), NOW)
    assert (step.call(KEY, FOUND).duration, step.end, step.exact) == ("3 M", at("2026-11-13 00:00"), "3 M")
