from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge.times import clock, start_of_today, steady_us, to_datetime, to_micros


@given(st.integers(min_value=0, max_value=4_102_444_800_000_000))
def test_instants_come_back_exactly(us: int) -> None:
    assert to_micros(to_datetime(us)) == us


def test_a_zone_is_respected_and_its_absence_means_local_time() -> None:
    at = datetime(2026, 3, 2, 15, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert to_micros(at) == to_micros(datetime(2026, 3, 2, 20, 30, tzinfo=UTC))
    assert to_micros(datetime(2026, 3, 2, 15, 30)) == to_micros(datetime(2026, 3, 2, 15, 30).astimezone())


def test_today_began_at_local_midnight() -> None:
    midnight = to_datetime(start_of_today()).astimezone()
    assert (midnight.hour, midnight.minute, midnight.second) == (0, 0, 0)
    assert timedelta(0) <= datetime.now(UTC) - midnight < timedelta(hours=26)


def test_the_clock_shows_local_time() -> None:
    assert clock(start_of_today() + 3_661_000_000) in ("01:01:01", "00:01:01", "02:01:01")


def test_a_step_of_the_wall_clock_moves_no_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    before = steady_us()
    monkeypatch.setattr("time.time_ns", lambda: 0)
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert before <= steady_us() < before + 60_000_000
