from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from twsbridge.download.calendar import ExchangeDays, pieces, zone_of
from twsbridge.protocol.bar_sizes import SIZES


def test_the_larger_the_bars_the_longer_the_files() -> None:
    names = {size: [piece.name for piece in pieces(size, date(2023, 12, 30), date(2024, 1, 3))] for size in SIZES}
    assert names["5 secs"] == ["2023-W52", "2024-W01"]
    assert names["1 min"] == names["30 mins"] == ["2023-12", "2024-01"]
    assert names["1 hour"] == ["2023", "2024"]
    assert names["1 day"] == ["2020-2029"]


@given(st.sampled_from(list(SIZES)), st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(0, 500))
def test_pieces_follow_one_another_without_a_hole_and_names_are_in_order(size: str, first: date, days: int) -> None:
    before = first + timedelta(days=days)
    found = pieces(size, first, before)
    assert [first, *(piece.before for piece in found)] == [*(piece.first for piece in found), before]
    assert [piece.name for piece in found] == sorted({piece.name for piece in found})
    assert sum(piece.days for piece in found) == days


def test_dates_are_places_of_bars() -> None:
    minutes, days = ExchangeDays("1 min", "US/Eastern"), ExchangeDays("1 day", "US/Eastern")
    day = date(2024, 3, 11)
    assert minutes.place(day) == minutes.instant(day) == days.instant(day) == days.place(day) + 4 * 3_600_000_000
    assert minutes.date_at(minutes.place(day) - 1) == days.date_at(days.place(day) - 1) == date(2024, 3, 10)
    assert days.date_of(days.place(day)) == date(2024, 3, 10)


def test_an_unknown_zone_counts_as_utc() -> None:
    assert str(zone_of("Mars/Olympus")) == "UTC"
