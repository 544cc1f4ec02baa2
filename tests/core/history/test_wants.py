from __future__ import annotations

from typing import Any

import pytest

from tests.core.history.world import CSH2, at
from tests.core.rig import asked
from twsbridge.protocol.commands import GetBars
from twsbridge_server.core.history.queue import Turn
from twsbridge_server.core.history.scale import Scale
from twsbridge_server.core.history.wants import Want, want_of

NOW = at("2026-11-18 12:00:07")
LONDON = "Europe/London"


def want(**more: Any) -> Want:
    command = GetBars(**{"contract": CSH2, "bar_size": "1 min", **more})
    return want_of(asked(command), command, Scale(command.bar_size, LONDON), LONDON, NOW)


def test_a_range_is_as_it_was_given() -> None:
    range_ = want(start_us=5, end_us=9)
    assert (range_.start, range_.end, range_.exact, range_.days) == (5, 9, "", 0)


@pytest.mark.parametrize("end_us", [None, NOW, NOW + 1])
def test_an_end_that_is_not_over_is_now(end_us: int | None) -> None:
    assert want(start_us=5, end_us=end_us).end is None


@pytest.mark.parametrize(
    ("duration", "start"),
    [("2 W", "2026-11-05 00:00"), ("3 M", "2026-08-18 23:00"), ("1 Y", "2025-11-19 00:00")],
)
def test_weeks_months_and_years_go_by_the_calendar_of_the_exchange(duration: str, start: str) -> None:
    assert want(duration=duration).start == at(start)


def test_days_that_are_too_many_for_one_request_are_counted() -> None:
    assert (want(duration="30 D").days, want(duration="5 D").exact) == (30, "5 D")


def test_news_may_be_fifteen_seconds_old_but_not_older_than_the_bar() -> None:
    assert want(duration="1 D").fresh_us == at("2026-11-18 12:00:00")
    assert want(duration="1 D", bar_size="1 day").fresh_us == NOW - 15_000_000


def test_whose_turn_it_is() -> None:
    assert want(duration="1 D", priority="bulk").turn == Turn("alice", is_bulk=True)
    assert not want(duration="1 D").turn.is_bulk and not want(duration="1 D").tells_progress
