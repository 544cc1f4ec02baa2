from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import QUICK, at, instruments, modes, moments, the
from twssim.calendar import Calendar, local_date

AAPL, CSH2, EURUSD, ES = the("AAPL"), the("CSH2"), the("EUR", "CASH"), the("ES", "FUT")
ALWAYS, REGULAR = Calendar(), Calendar("regular")


@given(instruments, moments)
@QUICK
def test_always_is_always_open(instrument, now: float) -> None:
    assert ALWAYS.is_open(instrument, now)
    assert ALWAYS.next_open(instrument, now) == now
    assert ALWAYS.session_date(instrument, now) == local_date(instrument, now)


@given(instruments, moments)
@QUICK
def test_regular_is_closed_on_weekends_and_holidays(instrument, now: float) -> None:
    session = REGULAR.session_at(instrument, now)

    assert session.start <= now and REGULAR.is_trading_day(instrument, session.date)
    assert session.start <= session.liquid_start < session.liquid_end <= session.end
    if REGULAR.is_open(instrument, now):
        assert REGULAR.next_open(instrument, now) == now
    else:
        opening = REGULAR.next_open(instrument, now)
        assert session.end <= now < opening < now + 7 * 86_400
        assert REGULAR.is_open(instrument, opening)
        assert REGULAR.session_at(instrument, opening).date > session.date


@given(modes, instruments, moments)
@QUICK
def test_trading_hours_say_what_is_open(mode: str, instrument, now: float) -> None:
    calendar, zone = Calendar(mode), ZoneInfo(instrument.time_zone)
    days = calendar.trading_hours(instrument, now).split(";")

    opened = []
    for day in days:
        if not day.endswith(":CLOSED"):
            start, end = (datetime.strptime(each, "%Y%m%d:%H%M").replace(tzinfo=zone) for each in day.split("-"))
            opened.append((start.timestamp(), end.timestamp()))
    assert len(days) == 6
    for start, end in opened:
        assert calendar.is_open(instrument, start) and calendar.is_open(instrument, end - 1)
    moment = now + 86_400
    assert calendar.is_open(instrument, moment) == any(start <= moment < end for start, end in opened)


@given(modes, instruments, moments)
@QUICK
def test_sessions_back_are_the_trading_days_before(mode: str, instrument, now: float) -> None:
    calendar = Calendar(mode)
    back = calendar.sessions_back(instrument, now)
    sessions = [next(back) for _ in range(10)]

    assert all(session.start < now for session in sessions)
    assert all(calendar.is_trading_day(instrument, session.date) for session in sessions)
    for later, earlier in zip(sessions, sessions[1:], strict=False):
        assert later.start >= earlier.end
        assert calendar.session_before(instrument, later.date) == earlier


def test_hours_around_thanksgiving_as_tws_writes_them() -> None:
    now = at("2026-11-25 12:00")

    assert REGULAR.trading_hours(AAPL, now) == (
        "20261125:0400-20261125:2000;20261126:CLOSED;20261127:0400-20261127:2000;"
        "20261128:CLOSED;20261129:CLOSED;20261130:0400-20261130:2000"
    )
    assert REGULAR.liquid_hours(AAPL, now).startswith("20261125:0930-20261125:1600;20261126:CLOSED;")
    assert REGULAR.trading_hours(EURUSD, now).startswith("20261124:1715-20261125:1700;20261125:1715-20261126:1700;")
    assert REGULAR.liquid_hours(CSH2, now).startswith("20261125:0800-20261125:1630;20261126:0800-20261126:1630;")
    assert REGULAR.trading_hours(ES, now).startswith("20261124:1700-20261125:1600;")
    assert ALWAYS.trading_hours(AAPL, now).startswith("20261125:0000-20261126:0000;20261126:0000-20261127:0000;")


def test_currencies_open_on_sunday_evening() -> None:
    assert not REGULAR.is_open(EURUSD, at("2026-11-22 17:14"))
    assert REGULAR.is_open(EURUSD, at("2026-11-22 17:15"))
    assert REGULAR.session_date(EURUSD, at("2026-11-22 17:15")) == date(2026, 11, 23)
    assert REGULAR.session_date(EURUSD, at("2026-11-22 17:14")) == date(2026, 11, 20)


def test_liquid_hours_are_shorter_than_trading_hours_in_new_york() -> None:
    assert [REGULAR.is_open(AAPL, at(f"2026-11-23 {clock}")) for clock in ("03:59", "04:00", "20:00")] == [
        False,
        True,
        False,
    ]
    session = REGULAR.session(AAPL, date(2026, 11, 23))
    assert (session.start, session.end) == (at("2026-11-23 04:00"), at("2026-11-23 20:00"))
    assert (session.liquid_start, session.liquid_end) == (at("2026-11-23 09:30"), at("2026-11-23 16:00"))


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 11, 2), 24)])
def test_days_on_which_the_clock_changes_have_23_or_25_hours(day: date, hours: int) -> None:
    session = ALWAYS.session(AAPL, day)

    assert session.end - session.start == 3600 * hours
    assert ALWAYS.session(AAPL, day + timedelta(days=1)).start == session.end


def test_new_york_opens_at_the_same_local_time_before_and_after_the_clock_changes() -> None:
    friday, monday = (REGULAR.session(AAPL, date(2026, 3, day)) for day in (6, 9))

    assert (friday.liquid_start, monday.liquid_start) == (at("2026-03-06 09:30"), at("2026-03-09 09:30"))
    assert monday.liquid_start - friday.liquid_start == (3 * 24 - 1) * 3600


def test_another_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="always"):
        Calendar("sometimes")


@given(st.sampled_from([AAPL, EURUSD]), moments)
@QUICK
def test_weekends_are_no_trading_days_in_either_mode(instrument, now: float) -> None:
    day = local_date(instrument, now)
    saturday = day + timedelta(days=5 - day.weekday())

    assert not ALWAYS.is_trading_day(instrument, saturday)
    assert not REGULAR.is_trading_day(instrument, saturday + timedelta(days=1))
