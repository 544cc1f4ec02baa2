from __future__ import annotations

from typing import Any

from tests.core.history.world import CSH2, FOUND, at, block
from tests.core.rig import asked
from twsbridge.protocol.commands import GetBars
from twsbridge_server.core.history.blocks import SeriesKey
from twsbridge_server.core.history.scale import DAY_US
from twsbridge_server.core.history.series import Series
from twsbridge_server.core.history.wants import Want, want_of

NOW = at("2026-11-18 12:00:07")
MIDNIGHT = at("2026-11-18 00:00")
OPEN = at("2026-11-13 08:00")


def series(bar_size: str = "1 min") -> Series:
    return Series(SeriesKey(77, "LSE", bar_size, "TRADES", True), FOUND, "Europe/London")


def want(one: Series, **more: Any) -> Want:
    command = GetBars(**{"contract": CSH2, "bar_size": one.key.bar_size, **more})
    return want_of(asked(command), command, one.scale, "Europe/London", NOW)


def test_an_answer_that_reaches_beyond_its_span_is_kept_whole() -> None:
    one = series()
    some = want(one, start_us=OPEN, end_us=OPEN + DAY_US)
    step = one.next_step(some, NOW)
    (kept,) = one.take(step, block(0, 0, OPEN - DAY_US, OPEN).columns, 200, NOW)
    assert (kept.start_us, kept.end_us, len(kept)) == (OPEN - DAY_US, OPEN + DAY_US, 2)
    assert one.found(some) == (OPEN, OPEN + DAY_US)
    assert (kept.fetched_us, kept.server_version) == (NOW, 200)


def test_today_is_not_kept_and_the_last_bar_of_now_is_never_final() -> None:
    one = series()
    some = want(one, start_us=MIDNIGHT - DAY_US)
    yesterday, today = MIDNIGHT - DAY_US // 2, MIDNIGHT + DAY_US // 3
    (kept,) = one.take(one.next_step(some, NOW), block(0, 0, yesterday, today).columns, 200, NOW)
    assert kept.end_us == MIDNIGHT and list(kept.columns["time_us"]) == [yesterday]
    assert one.held.tail is not None and list(one.held.tail.columns["time_us"]) == [today]
    late = series()
    later = want(late, start_us=MIDNIGHT - DAY_US)
    assert late.take(late.next_step(later, NOW), block(0, 0, yesterday).columns, 200, NOW) == []


def test_a_long_silence_at_the_end_is_not_kept() -> None:
    one = series()
    some = want(one, start_us=OPEN - 40 * DAY_US, end_us=OPEN)
    (kept,) = one.take(one.next_step(some, NOW), block(0, 0, OPEN - 20 * DAY_US).columns, 200, NOW)
    assert kept.end_us == OPEN - 15 * DAY_US


def test_how_far_it_is() -> None:
    one = series()
    some = want(one, start_us=OPEN - 10 * DAY_US, end_us=OPEN)
    assert one.progress(some, NOW) == 0.0
    one.held.add(block(OPEN - 5 * DAY_US, OPEN, OPEN - 5 * DAY_US))
    assert one.progress(some, NOW) == 0.5
    assert one.to_load(some, NOW) == (OPEN - 10 * DAY_US, OPEN)


def test_where_there_is_nothing_days_are_asked_for() -> None:
    one = series()
    some = want(one, start_us=OPEN - 400 * DAY_US, end_us=OPEN)
    assert one.take(one.next_step(some, NOW), block(0, 0).columns, 200, NOW) == []
    probe = one.next_step(some, NOW)
    assert probe.is_probe
    one.take(probe, block(0, 0, OPEN - 300 * DAY_US).columns, 200, NOW)
    assert one.held.missing((some.start, OPEN)) == [(some.start, OPEN - 298 * DAY_US)]
    assert not one.next_step(some, NOW).is_probe


def test_the_last_day_with_bars_becomes_final_when_it_is_over() -> None:
    """After a weekend it still stands among what was told last: whoever wants it as history asks again."""
    one = series()
    sunday, friday = MIDNIGHT, MIDNIGHT - 2 * DAY_US
    newest = friday + DAY_US // 2
    live = want(one, start_us=friday - DAY_US)
    assert one.take(one.next_step(live, NOW), block(0, 0, friday - DAY_US, newest).columns, 200, NOW) != []
    assert one.held.tail is not None and one.held.tail.start_us == friday
    past = want(one, start_us=friday - DAY_US, end_us=sunday)
    assert one.found(past) is None
    step = one.next_step(past, NOW)
    assert step.span == (friday, sunday) and not step.is_live
    (kept,) = one.take(step, block(0, 0, newest).columns, 200, NOW)
    assert kept.end_us == sunday and one.found(past) == (friday - DAY_US, sunday)
    blocks = one.held.blocks((friday - DAY_US, sunday), one.tail_for(past))
    assert one.settled(blocks, one.tail_for(past), sunday) == sunday
