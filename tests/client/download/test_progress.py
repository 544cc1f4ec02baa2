from __future__ import annotations

from datetime import date

from twsbridge.download.calendar import pieces
from twsbridge.download.progress import Tally, requests_for, seconds_for


def test_a_year_of_minutes_is_five_requests_a_month() -> None:
    year = pieces("1 min", date(2023, 1, 1), date(2024, 1, 1))
    assert requests_for("1 min", True, year) == 59
    assert requests_for("1 day", True, pieces("1 day", date(2010, 1, 1), date(2020, 1, 1))) == 2
    week = pieces("5 secs", date(2024, 1, 1), date(2024, 1, 8))
    assert (requests_for("5 secs", True, week), requests_for("5 secs", False, week)) == (35, 120)


def test_small_bars_wait_for_their_turn_and_bid_ask_twice() -> None:
    assert seconds_for("5 secs", False, [50, 10]) == 720
    assert seconds_for("5 secs", True, [50, 10]) == 1440
    assert seconds_for("1 min", False, [8, 8, 8, 8]) == 16
    assert seconds_for("1 min", False, []) == 0


def test_what_is_left_follows_from_what_was_done() -> None:
    tally = Tally(10, 77.0)
    assert tally.progress(0, "").left_s == 77.0
    half = tally.progress(5, "x")
    assert half.share == 0.5 and half.now == "x" and half.left_s is not None and half.left_s < 77
    assert Tally(0, 0.0).progress(0, "").share == 1.0
