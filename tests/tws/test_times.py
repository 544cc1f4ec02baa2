from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge_server.tws.times import execution_time


def micros(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("20260413 15:27:04 US/Eastern", "2026-04-13T19:27:04"),
        ("20261213 15:27:04 US/Eastern", "2026-12-13T20:27:04"),
        ("20260413  15:27:04 US/Eastern", "2026-04-13T19:27:04"),
        ("20260413 15:27:04 Eastern Standard Time", "2026-04-13T19:27:04"),
        ("20260413 15:27:04 Central European Standard Time", "2026-04-13T13:27:04"),
        ("20260413 15:27:04 JST", "2026-04-13T06:27:04"),
        ("20260413 15:27:04 UTC", "2026-04-13T15:27:04"),
        ("20260413-15:27:04", "2026-04-13T15:27:04"),
        ("20260413-15:27:04Z", "2026-04-13T15:27:04"),
        ("20260413-15:27:04 US/Eastern", "2026-04-13T19:27:04"),
        (" 20260413 15:27:04.500 UTC ", "2026-04-13T15:27:04"),
    ],
)
def test_a_time_that_is_clear(text: str, utc: str) -> None:
    assert execution_time(text) == (micros(utc), "")


@pytest.mark.parametrize("text", ["20260413  15:27:04", "20260413 15:27:04", "20260413 15:27:04 Middle Earth Time"])
def test_a_time_without_a_known_zone_is_taken_as_utc_and_said_so(text: str) -> None:
    instant = execution_time(text)
    assert instant.micros == micros("2026-04-13T15:27:04")
    assert "taken as UTC" in instant.doubt


@pytest.mark.parametrize(
    "text", ["", "soon", "20261399 15:27:04 UTC", "20260413 25:00:00 UTC", "20260413", "99990101 00:00:00 UTC"]
)
def test_what_is_no_time_is_zero_and_said_so(text: str) -> None:
    micros_, doubt = execution_time(text)
    assert micros_ == 0
    assert doubt


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    execution_time(text)


@given(st.text(max_size=30))
def test_no_zone_raises(name: str) -> None:
    execution_time(f"20260413 15:27:04 {name}")


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2199, 12, 31)))
def test_every_time_in_utc(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    expected = (moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1e6
    assert execution_time(moment.strftime("%Y%m%d %H:%M:%S UTC")).micros == int(expected)
