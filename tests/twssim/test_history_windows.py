from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import QUICK, UNIVERSE, at, instruments, modes, moments, the
from twssim.calendar import Calendar
from twssim.history_request import BAR_SECONDS, Duration
from twssim.history_windows import HISTORY_START, Reach, cut, head, periods, reach, windows_back

AAPL = the("AAPL")
ALWAYS, REGULAR = Calendar(), Calendar("regular")


def reached(duration: Duration, end: float, calendar: Calendar = REGULAR, use_rth: bool = True) -> Reach:
    last = date.fromtimestamp(end - 5 * 3600)
    return reach(windows_back(calendar, AAPL, end, use_rth), duration, last)


@given(modes, instruments, moments, st.booleans())
@QUICK
def test_windows_lie_within_their_sessions_and_before_the_end(mode: str, instrument, end: float, rth: bool) -> None:
    calendar = Calendar(mode)
    for window in list(windows_back(calendar, instrument, end, rth))[:20]:
        session = calendar.session(instrument, window.date)
        assert session.start <= window.start < window.end <= min(session.end, end)
        assert calendar.is_trading_day(instrument, window.date) and window.date >= head(instrument)


@given(modes, moments, st.integers(1, 86_400))
@QUICK
def test_seconds_count_trading(mode: str, end: float, count: int) -> None:
    assert reached(Duration(count, "S"), end, Calendar(mode)).seconds() == pytest.approx(count, abs=1e-3)


@given(modes, moments, st.integers(1, 40))
@QUICK
def test_days_count_sessions(mode: str, end: float, count: int) -> None:
    assert len(reached(Duration(count, "D"), end, Calendar(mode)).windows) == count


def test_weeks_months_and_years_go_by_the_calendar() -> None:
    sunday = at("2026-11-22 12:00")

    assert reached(Duration(1, "W"), sunday).windows[0].date == date(2026, 11, 16)
    assert reached(Duration(3, "M"), sunday).windows[0].date == date(2026, 8, 24)
    assert reached(Duration(1, "Y"), sunday).windows[0].date == date(2025, 11, 24)
    assert reached(Duration(1, "M"), at("2026-03-31 12:00")).windows[0].date == date(2026, 3, 2)


def test_history_begins_at_the_head() -> None:
    assert reached(Duration(99, "Y"), at("2026-11-22 12:00")).windows[0].date == HISTORY_START
    future = next(each for each in UNIVERSE if each.local_symbol == "ESH7")
    assert head(future) == date(2025, 3, 1)
    assert reached(Duration(1, "Y"), 0.0).windows == []


@given(modes, moments, st.sampled_from([(name, size) for name, size in BAR_SECONDS.items() if size >= 60]))
@QUICK
def test_bars_fill_their_windows_and_begin_on_the_clock(mode: str, end: float, bar: tuple[str, int]) -> None:
    seconds, wanted = bar[1], reached(Duration(3, "D"), end, Calendar(mode), use_rth=False)
    bars = list(cut(AAPL, wanted, seconds))

    assert sum(each.end - each.start for each in bars) == pytest.approx(wanted.seconds(), abs=1e-3)
    for one, two in pairwise(bars):
        assert one.end == two.start or one.date < two.date
    starts = {window.start for window in wanted.windows}
    for each in bars:
        midnight = at(f"{each.date} 00:00")
        assert each.start in starts or (each.start - midnight) % seconds == 0


def test_hours_begin_on_the_hour_but_for_the_first_of_the_day() -> None:
    wanted = reached(Duration(1, "D"), at("2026-11-23 12:10"))

    assert [each.start for each in cut(AAPL, wanted, 3600)] == [
        at(f"2026-11-23 {clock}") for clock in ("09:30", "10:00", "11:00", "12:00")
    ]


def test_a_bar_that_seconds_begin_within_is_whole() -> None:
    wanted = reached(Duration(60, "S"), at("2026-11-23 12:10:30"))

    assert [(each.start, each.end) for each in cut(AAPL, wanted, 60)] == [
        (at("2026-11-23 12:09"), at("2026-11-23 12:10")),
        (at("2026-11-23 12:10"), at("2026-11-23 12:10:30")),
    ]


@pytest.mark.parametrize(
    ("duration", "bar_size", "count"),
    [(Duration(1, "Y"), "1 month", 12), (Duration(1, "Y"), "1W", 52), (Duration(1, "M"), "1M", 1)],
)
def test_periods_are_whole_but_for_the_current_one(duration: Duration, bar_size: str, count: int) -> None:
    found = periods(REGULAR, AAPL, reached(duration, at("2026-11-25 12:00")).windows, bar_size)

    assert len(found) == count
    for period in found:
        before, first = REGULAR.session_before(AAPL, period[0].date).date, period[0].date
        assert (before.month != first.month) if "month" in bar_size.lower() else (first - before > timedelta(days=1))
