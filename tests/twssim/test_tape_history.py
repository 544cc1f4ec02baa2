"""A number of ticks before and after a moment."""

from __future__ import annotations

import pytest

from tests.twssim.market_rig import at, market, the
from twssim.calendar import Calendar
from twssim.tape import Tape
from twssim.tape_history import ticks_after, ticks_before

NOON = at("2026-11-24 12:00")


def tape(kind: str = "Last") -> Tape:
    return Tape(market().listing(the("AAPL").con_id), kind)


@pytest.mark.parametrize("kind", ["Last", "BidAsk", "MidPoint"])
def test_what_is_before_and_what_is_after_are_one_stretch(kind: str) -> None:
    calendar, one = Calendar(), tape(kind)
    before = ticks_before(calendar, one, NOON, 100, use_rth=True)
    assert 100 <= len(before) < 120 and before[-1].time < NOON
    again = ticks_after(calendar, one, (before[0].time, NOON), len(before), use_rth=True)
    assert again == before
    assert [tick.time for tick in before] == sorted(tick.time for tick in before)


def test_the_last_second_is_complete() -> None:
    found = ticks_after(Calendar(), tape("BidAsk"), (NOON, NOON + 60), 2, use_rth=True)
    assert len(found) == 4 and {tick.time for tick in found} == {int(NOON)}


def test_ticks_go_over_the_weekend_within_regular_hours() -> None:
    calendar, opening = Calendar("regular"), at("2026-11-23 09:30")
    found = ticks_before(calendar, tape(), opening + 1, 50, use_rth=True)
    assert found[0].time < at("2026-11-20 16:00") and found[-1].time >= opening
    forward = ticks_after(calendar, tape(), (at("2026-11-20 15:59:59"), NOON), 10, use_rth=True)
    assert forward[0].time < at("2026-11-20 16:00") and forward[-1].time >= opening


def test_there_is_nothing_after_now() -> None:
    assert ticks_after(Calendar(), tape(), (NOON, NOON), 10, use_rth=False) == []
