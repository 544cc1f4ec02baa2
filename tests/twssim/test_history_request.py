from dataclasses import replace
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import QUICK, the
from twssim.history_request import (
    BAR_SECONDS,
    CALENDAR_BARS,
    Duration,
    HistoryError,
    HistoryRequest,
    check,
    check_span,
)

AAPL, EURUSD, SPX = the("AAPL"), the("EUR", "CASH"), the("SPX", "IND")
REQUEST = HistoryRequest(end=1.79e9, duration="1 D", bar_size="1 min")
SERVICE = "Historical Market Data Service error message:"


def refusal(instrument, **changes: object) -> tuple[int, str]:
    with pytest.raises(HistoryError) as caught:
        check(instrument, replace(REQUEST, **changes))
    return caught.value.code, caught.value.text


@given(st.sampled_from([*BAR_SECONDS, *CALENDAR_BARS]), st.sampled_from("SDWMY"), st.integers(1, 12))
@QUICK
def test_every_bar_size_and_unit_of_tws_is_understood(bar_size: str, unit: str, count: int) -> None:
    assert check(AAPL, replace(REQUEST, bar_size=bar_size, duration=f"{count} {unit}")) == Duration(count, unit)


@pytest.mark.parametrize("duration", ["", "1", "D", "1D", "1 day", "0 D", "-1 D", "1.5 D", "1 D ", "² D", "100 Y"])
def test_a_duration_that_is_none_is_321(duration: str) -> None:
    code, text = refusal(AAPL, duration=duration)

    assert code == 321
    assert text.endswith("cause - Historical data requested duration is invalid.")


@pytest.mark.parametrize(
    ("duration", "words"),
    [("86401 S", "86400 seconds"), ("366 D", "365 days"), ("53 W", "52 weeks"), ("13 M", "12 months")],
)
def test_a_duration_in_too_small_a_unit_is_321(duration: str, words: str) -> None:
    code, text = refusal(AAPL, duration=duration)

    assert code == 321 and words in text


def test_a_bar_size_that_is_none_is_321_and_lists_those_there_are() -> None:
    code, text = refusal(AAPL, bar_size="7 mins")

    assert code == 321
    assert "Legal ones are: 1 secs, 5 secs, 10 secs," in text and text.endswith("1 day, 1W, 1M")


def test_what_to_show_must_be_known() -> None:
    assert refusal(AAPL, what_to_show="EVERYTHING")[0] == 321


def test_a_kind_of_data_that_an_instrument_does_not_have_is_162() -> None:
    assert refusal(EURUSD, bar_size="1 day") == (
        162,
        f"{SERVICE}No historical market data for EUR/CASH@FXSUBPIP Last 1d",
    )
    assert refusal(SPX, what_to_show="MIDPOINT") == (
        162,
        f"{SERVICE}No historical market data for SPX/IND@CBOE MidPoint 60",
    )


@pytest.mark.parametrize(
    ("bar_size", "seconds", "text"),
    [("1 secs", 2001, "invalid step: 1"), ("30 secs", 86_401, "invalid step: 30"), ("1 min", 3e6 + 1, "Time length")],
)
def test_too_many_bars_are_162(bar_size: str, seconds: float, text: str) -> None:
    request = replace(REQUEST, bar_size=bar_size)

    check_span(AAPL, request, seconds - 1)
    with pytest.raises(HistoryError, match=f"162: {SERVICE}{text}"):
        check_span(AAPL, request, seconds)


def test_small_bars_are_kept_for_half_a_year() -> None:
    old = replace(REQUEST, bar_size="30 secs", now=REQUEST.end + 184 * 86_400)

    with pytest.raises(HistoryError, match=f"{SERVICE}HMDS query returned no data: AAPL@SMART Trades"):
        check_span(AAPL, old, 60)
    check_span(AAPL, replace(old, bar_size="1 min"), 60)
    check_span(AAPL, replace(old, now=inf), 60)
