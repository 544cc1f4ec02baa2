from datetime import date
from decimal import Decimal
from itertools import groupby
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import FEW, MONDAY_NOON, QUICK, UNIVERSE, at, instruments, market, modes, the
from twssim.calendar import Calendar, local_date
from twssim.history import Bar, HistoryError, HistoryRequest, historical_bars
from twssim.market import Market

AAPL, CSH2, EURUSD = the("AAPL"), the("CSH2"), the("EUR", "CASH")
recent = st.floats(at("2025-06-02 00:00"), at("2026-12-01 00:00"))
kinds = st.sampled_from(["TRADES", "MIDPOINT", "BID", "ASK", "BID_ASK", "ADJUSTED_LAST"])
stocks = st.sampled_from([each for each in UNIVERSE if each.sec_type == "STK"])


def ask(instrument, duration: str, bar_size: str, mode: str = "always", **rest) -> list[Bar]:
    calendar = Calendar(mode)
    request = HistoryRequest(rest.pop("end", MONDAY_NOON), duration, bar_size, **rest)
    return historical_bars(Market(UNIVERSE, 1, calendar), calendar, instrument, request)


def total(bars: list[Bar]) -> tuple[float, float, float, float, Decimal]:
    highest, lowest = max(bar.high for bar in bars), min(bar.low for bar in bars)
    return bars[0].open, highest, lowest, bars[-1].close, sum((bar.volume for bar in bars), Decimal(0))


@pytest.mark.parametrize("mode", ["always", "regular"])
def test_three_months_of_days_are_the_weekdays_without_holidays(mode: str) -> None:
    bars = ask(CSH2, "3 M", "1 day", mode, end=at("2026-11-22 12:00"))
    days = [bar.date for bar in bars]

    assert len(bars) == 64
    assert days == sorted(days) and (days[0], days[-1]) == (date(2026, 8, 24), date(2026, 11, 20))
    assert all(day and day.weekday() < 5 for day in days) and date(2026, 8, 31) not in days


@given(stocks, recent, modes, st.booleans())
@FEW
def test_bars_of_every_size_agree(instrument, end: float, mode: str, use_rth: bool) -> None:
    asked = {"mode": mode, "use_rth": use_rth, "end": end}
    days = ask(instrument, "2 D", "1 day", **asked)
    for size in ("1 min", "3 mins", "30 mins", "1 hour", "8 hours"):
        bars = ask(instrument, "2 D", size, **asked)
        by_day = groupby(bars, lambda bar: Calendar(mode).session_date(instrument, bar.time))
        assert [total(list(each)) for _, each in by_day] == [total([day]) for day in days]
    months = ask(instrument, "1 Y", "1 month", **asked)
    year = [bar for bar in ask(instrument, "1 Y", "1 day", **asked) if bar.time >= months[0].time]
    assert total(months) == total(year)


@given(stocks, recent)
@FEW
def test_seconds_agree_with_minutes(instrument, end: float) -> None:
    minutes = ask(instrument, "120 S", "1 min", end=end)
    seconds = ask(instrument, "240 S", "1 secs", end=end)

    assert total([bar for bar in seconds if bar.time >= minutes[0].time]) == total(minutes)


@given(instruments, recent, kinds, modes)
@QUICK
def test_every_bar_is_consistent(instrument, end: float, kind: str, mode: str) -> None:
    try:
        bars = ask(instrument, "1 D", "1 hour", mode, end=end, what_to_show=kind)
    except HistoryError as error:
        assert error.code == 162 and (instrument.sec_type in ("CASH", "IND"))
        return
    trades = kind in ("TRADES", "ADJUSTED_LAST")
    for bar in bars:
        assert 0 < bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high
        assert bar.time < end and bar.date is None
        if trades:
            assert bar.low <= float(bar.wap) <= bar.high and bar.volume >= bar.count >= 0
        else:
            assert (bar.volume, bar.wap, bar.count) == (-1, -1, -1)
        half_ticks = Decimal(repr(bar.high)) / instrument.min_tick * 2
        assert half_ticks == int(half_ticks) and (kind == "MIDPOINT" or half_ticks % 2 == 0)
    assert [bar.time for bar in bars] == sorted({bar.time for bar in bars})


@given(stocks, recent, st.sampled_from(["1 secs", "1 min", "1 hour", "1 day", "1 week", "1 month"]))
@QUICK
def test_the_last_bar_ends_with_the_current_quote(instrument, now: float, bar_size: str) -> None:
    calendar = Calendar()
    if not calendar.is_trading_day(instrument, local_date(instrument, now)):
        return
    quote = market().quote(instrument.con_id, now)
    bar = ask(instrument, "60 S" if bar_size == "1 secs" else "1 D", bar_size, end=now, now=now)[-1]

    assert bar.close == float(quote.last) and bar.low <= bar.close <= bar.high
    if bar_size == "1 day":
        assert (bar.open, bar.high, bar.low, bar.volume) == (
            float(quote.open),
            float(quote.high),
            float(quote.low),
            quote.volume,
        )


@given(recent, modes)
@QUICK
def test_the_previous_day_closes_at_the_quotes_close(now: float, mode: str) -> None:
    calendar = Calendar(mode)
    quote = Market(UNIVERSE, 1, calendar).quote(AAPL.con_id, now)
    days = ask(AAPL, "3 D", "1 day", mode, end=now)

    before = [bar for bar in days if bar.date and bar.date < calendar.session_date(AAPL, now)]
    assert before[-1].close == float(quote.close)


def test_bids_and_asks_are_those_of_the_quotes() -> None:
    quotes = [market().quote(EURUSD.con_id, MONDAY_NOON - 0.25 - step / 4) for step in range(240)]
    end = MONDAY_NOON - 0.25

    (bid,) = ask(EURUSD, "1 S", "1 min", end=end, what_to_show="BID")
    (offer,) = ask(EURUSD, "1 S", "1 min", end=end, what_to_show="ASK")
    (both,) = ask(EURUSD, "1 S", "1 min", end=end, what_to_show="BID_ASK")
    (middle,) = ask(EURUSD, "1 S", "1 min", end=end, what_to_show="MIDPOINT")
    assert (bid.high, bid.low) == tuple(float(pick(each.bid for each in quotes[1:])) for pick in (max, min))
    assert (offer.high, offer.low) == tuple(float(pick(each.ask for each in quotes[1:])) for pick in (max, min))
    assert (both.high, both.low) == (offer.high, bid.low)
    assert middle.high == pytest.approx((bid.high + offer.high) / 2)


def test_an_end_in_the_future_means_now() -> None:
    live = ask(AAPL, "1 D", "1 min", end=MONDAY_NOON + 1e6, now=MONDAY_NOON)

    assert live == ask(AAPL, "1 D", "1 min", end=MONDAY_NOON + 0.25)  # the current quarter is part of it
    assert live[-1].close == float(market().quote(AAPL.con_id, MONDAY_NOON).last)


def test_a_weekend_is_answered_with_friday() -> None:
    for end in ("2026-11-21 12:00", "2026-11-22 23:59"):
        bars = ask(AAPL, "1800 S", "1 min", end=at(end))
        assert len(bars) == 30
        assert (bars[0].time, bars[-1].time) == (at("2026-11-20 23:30"), at("2026-11-20 23:59"))


def test_before_the_head_there_is_no_data() -> None:
    with pytest.raises(HistoryError) as caught:
        ask(AAPL, "1 Y", "1 day", end=at("2011-06-01 12:00"))

    assert caught.value.code == 162
    assert caught.value.text.endswith("HMDS query returned no data: AAPL@SMART Trades")


def test_weeks_bear_the_date_of_their_last_session() -> None:
    bars = ask(AAPL, "1 M", "1 week", end=at("2026-11-28 12:00"))

    assert [bar.date for bar in bars] == [date(2026, 11, day) for day in (6, 13, 20, 27)]


@pytest.mark.parametrize("clock_change", ["2026-03-08", "2026-11-01"])
@pytest.mark.parametrize("mode", ["always", "regular"])
def test_hours_around_a_change_of_the_clock_are_in_order(clock_change: str, mode: str) -> None:
    end = at(f"{clock_change} 12:00") + 2 * 86_400
    for instrument in (AAPL, EURUSD, CSH2):
        bars = ask(instrument, "1 W", "4 hours", mode, end=end, what_to_show="MIDPOINT", use_rth=False)
        times = [bar.time for bar in bars]
        assert times == sorted(set(times))
        assert all(
            later - earlier <= 4 * 3600 or later - earlier > 8 * 3600 - 1
            for earlier, later in zip(times, times[1:], strict=False)
        )


def test_a_chart_of_days_is_quick() -> None:
    started = process_time()
    ask(AAPL, "3 M", "1 day")

    assert process_time() - started < 0.2
