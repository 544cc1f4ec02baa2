"""Simulated time against real time, and TWS's ways to write a moment."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.official import NOON
from twssim.clock import Clock, host_minute, host_stamp, moment, stamp, zone


@given(st.floats(0.01, 10_000), st.floats(0, 1e6))
def test_simulated_and_real_time_are_inverse(speed: float, real: float) -> None:
    clock = Clock(NOON, speed, 5.0)
    assert clock.real(clock.simulated(real)) == pytest.approx(real, abs=1e-3)


def test_moments_are_written_in_the_zone_they_name() -> None:
    assert stamp(NOON, "US/Eastern") == "20261124 07:00:00 US/Eastern"
    assert host_stamp(NOON) == "20261124 12:00:00 GMT Standard Time"
    assert host_minute(NOON) == "12:00"


@pytest.mark.parametrize(
    "written",
    [
        "20261124 07:00:00 US/Eastern",
        "20261124-12:00:00",
        "20261124 13:00:00 MET",
        "20261124 21:00:00 JST",
        "20261124 12:00:00",
        " 20261124 12:00:00 ",
    ],
)
def test_every_way_to_write_a_moment_is_read(written: str) -> None:
    assert moment(written, "GB-Eire") == NOON


def test_a_z_may_follow_a_time_in_utc() -> None:
    assert moment("20261124-12:00:00Z", "GB-Eire") == moment("20261124-12:00:00", "US/Eastern") == NOON


def test_a_plain_date_is_its_first_moment() -> None:
    assert moment("20261124", "GB-Eire") == NOON - 12 * 3600


@pytest.mark.parametrize(
    "written", ["x", "20261324", "20261124 25:00:00", "20261124 12:00:00 Mars/Base", "20261124 12:00:00 US"]
)
def test_what_is_no_moment_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        moment(written, "US/Eastern")


@pytest.mark.parametrize("name", ["US/Eastern", "US/Central", "GB-Eire", "MET", "JST"])
def test_the_names_of_tws_are_known(name: str) -> None:
    assert zone(name).key


def test_a_clock_that_stands_still_moves_only_when_it_is_put_forward() -> None:
    clock = Clock(NOON, 0.0, 5.0)
    assert (clock.simulated(1000.0), clock.real(NOON + 1)) == (NOON, inf)
    assert clock.ahead(60.0).simulated(2000.0) == NOON + 60.0
