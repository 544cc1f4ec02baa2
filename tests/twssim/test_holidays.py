from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import QUICK
from twssim.holidays import easter, holidays


@pytest.mark.parametrize(
    "day", [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28), date(2038, 4, 25)]
)
def test_easter(day: date) -> None:
    assert easter(day.year) == day


@given(st.integers(1900, 2200))
@QUICK
def test_easter_is_a_sunday_from_22_march_to_25_april(year: int) -> None:
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


def test_new_york_2026() -> None:
    assert sorted(holidays("US", 2026)) == [
        date(2026, 1, 1),
        date(2026, 1, 19),
        date(2026, 2, 16),
        date(2026, 4, 3),
        date(2026, 5, 25),
        date(2026, 6, 19),
        date(2026, 7, 3),
        date(2026, 9, 7),
        date(2026, 11, 26),
        date(2026, 12, 25),
    ]


def test_new_year_on_a_saturday_is_no_holiday_in_new_york() -> None:
    assert date(2021, 12, 31) not in holidays("US", 2021)
    assert min(holidays("US", 2022)) == date(2022, 1, 17)


def test_london_moves_holidays_on_weekends_to_the_next_weekdays() -> None:
    assert {date(2026, 12, 25), date(2026, 12, 28)} <= holidays("UK", 2026)
    assert {date(2022, 1, 3), date(2022, 12, 26), date(2022, 12, 27)} <= holidays("UK", 2022)
    assert {date(2026, 4, 3), date(2026, 4, 6), date(2026, 8, 31)} <= holidays("UK", 2026)


@given(st.sampled_from(["US", "UK", "XETRA", "CME", "FX"]), st.integers(2012, 2040))
@QUICK
def test_good_friday_is_free_everywhere_but_in_currencies(region: str, year: int) -> None:
    good_friday = easter(year) - timedelta(days=2)

    assert (good_friday in holidays(region, year)) == (region != "FX")
