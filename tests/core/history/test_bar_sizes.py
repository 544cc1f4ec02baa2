from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.history.world import at
from twsbridge.protocol.bar_sizes import SIZES
from twsbridge.protocol.commands import GetBars
from twsbridge.protocol.models import Contract
from twsbridge_server.core.history.bar_sizes import (
    DAY_US,
    ask_for,
    is_one_request,
    parse_duration,
    refusal,
)

NOW = at("2026-11-18 12:00")


@pytest.mark.parametrize(
    ("size", "duration", "is_one"),
    [("1 min", "7 D", True), ("1 min", "8 D", False), ("1 min", "1 W", True), ("1 min", "1 M", False),
     ("1 hour", "1 M", True), ("1 day", "10 Y", True), ("1 day", "366 D", False), ("5 secs", "3600 S", True),
     ("5 secs", "1 D", False), ("1 min", "86400 S", True)],
)  # fmt: skip
def test_what_tws_serves_at_once(size: str, duration: str, is_one: bool) -> None:
    assert is_one_request(parse_duration(duration), size) is is_one


@given(st.sampled_from(list(SIZES)), st.integers(1, 20_000 * DAY_US))
def test_a_request_covers_what_is_wanted_or_as_much_as_tws_serves(size: str, wanted_us: int) -> None:
    step = SIZES[size].step
    ask = ask_for(size, wanted_us, step)
    assert ask.covers_us >= min(wanted_us, step * (10**6 if SIZES[size].unit == "S" else DAY_US))
    assert parse_duration(ask.duration).unit in "SDY"


@pytest.mark.parametrize(
    ("field", "words", "more"),
    [
        ("duration", "shorter than one bar", {"duration": "5 S"}),
        ("duration", "no 2000 S of 1 secs", {"duration": "2000 S", "bar_size": "1 secs"}),
        ("duration", "too long", {"duration": "101 Y"}),
        ("bar_size", "six months", {"duration": "1 D", "bar_size": "5 secs", "end_us": at("2026-01-01 00:00")}),
        ("end_us", "up to now", {"duration": "1 D", "what_to_show": "ADJUSTED_LAST", "end_us": NOW}),
        ("start_us", "before it begins", {"start_us": NOW}),
        ("start_us", "before it begins", {"start_us": NOW - 10, "end_us": NOW - 10}),
        ("start_us", "longer than", {"start_us": at("1900-01-01 00:00")}),
    ],
)
def test_what_is_refused_says_what_is_served(field: str, words: str, more: dict[str, Any]) -> None:
    error = refusal(GetBars(**{"contract": Contract(), "bar_size": "1 min", **more}), NOW)
    assert error is not None and (error.code, error.field) == ("req.invalid", field)
    assert words in error.msg and error.do


@pytest.mark.parametrize("more", [{"duration": "30 D"}, {"start_us": NOW - 1}, {"duration": "2 Y", "end_us": NOW}])
def test_what_is_not_refused(more: dict[str, Any]) -> None:
    assert refusal(GetBars(**{"contract": Contract(), "bar_size": "1 min", **more}), NOW) is None
