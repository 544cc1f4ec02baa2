from __future__ import annotations

import pytest

from tests.core.history.world import at
from twsbridge_server.core.history.scale import DAY_US, Scale, date_text, end_text

NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("instant", "text"),
    [(None, ""), (0, "19700101-00:00:00"), (1, "19700101-00:00:01"), (-1, "19700101-00:00:00")],
)
def test_the_end_in_tws_notation_is_rounded_up(instant: int | None, text: str) -> None:
    assert end_text(instant) == text


def test_days_stand_at_their_date() -> None:
    scale = Scale("1 day", NEW_YORK)
    point = scale.read("20261123")
    assert point == at("2026-11-23 00:00") and date_text(point) == "2026-11-23"
    assert scale.instant(point) == at("2026-11-23 00:00", NEW_YORK)
    assert scale.start(at("2026-11-23 23:30", NEW_YORK)) == point
    assert scale.end(at("2026-11-23 00:00", NEW_YORK)) == point
    assert scale.end(at("2026-11-23 00:01", NEW_YORK)) == point + DAY_US
    with pytest.raises(ValueError, match="yyyymmdd"):
        scale.read("1767628800")


def test_a_bar_within_a_day_stands_at_its_start() -> None:
    scale = Scale("1 min", NEW_YORK)
    assert scale.read("1767628800") == 1_767_628_800_000_000
    assert (scale.start(7), scale.end(7), scale.instant(7)) == (7, 7, 7)


@pytest.mark.parametrize(
    ("size", "final"),
    [("1 min", "2026-11-18 05:00"), ("1 day", "2026-11-18 00:00"), ("1 week", "2026-11-16 00:00"),
     ("1 month", "2026-11-01 00:00")],
)  # fmt: skip
def test_what_ended_before_today_is_final(size: str, final: str) -> None:
    assert Scale(size, NEW_YORK).final(at("2026-11-18 12:00", NEW_YORK)) == at(final)


@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01", "2026-06-01"])
def test_bars_end_at_whole_multiples_on_the_clock_of_the_exchange(day: str) -> None:
    scale = Scale("5 mins", NEW_YORK)
    noon = at(f"{day} 12:00", NEW_YORK)
    assert scale.whole(noon) == noon and scale.whole(noon + 1) == at(f"{day} 12:05", NEW_YORK)


def test_an_unknown_zone_counts_as_utc() -> None:
    assert Scale("1 day", "Nowhere/Land").midnight(Scale("1 day", "").date_at(0)) == 0
