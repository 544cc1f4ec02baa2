from __future__ import annotations

import pytest

from twsbridge_server.core.staleness import DOUBLINGS, FARM_FLOOR_US, MOST_US, SECOND, Pace, floor_us

MINUTE = 60 * SECOND


@pytest.mark.parametrize(
    ("market", "is_farm_lost", "floor"),
    [
        ("open", False, MINUTE),
        ("extended", False, 5 * MINUTE),
        ("closed", False, None),
        ("unknown", False, None),
        ("open", True, FARM_FLOOR_US),
        ("unknown", True, FARM_FLOOR_US),
        ("closed", True, None),
    ],
)
def test_how_long_a_silence_means_something(market: str, is_farm_lost: bool, floor: int | None) -> None:
    assert floor_us(MINUTE, market, is_farm_lost) == floor
    assert floor_us(SECOND, "open", True) == SECOND


def paced(every_s: int, count: int = 20) -> Pace:
    pace = Pace()
    pace.observe(1, 0, 0, MINUTE)
    for n in range(1, count + 1):
        pace.observe(1, n * every_s * SECOND, n * every_s * SECOND, MINUTE)
    return pace


def test_a_line_that_is_slow_by_nature_is_given_time() -> None:
    assert paced(1).limit_us(MINUTE) == MINUTE
    assert paced(40).limit_us(MINUTE) == 200 * SECOND
    assert paced(1500).limit_us(MINUTE) == MOST_US


def test_a_silence_over_night_tells_nothing_of_the_pace() -> None:
    assert paced(17 * 3600, 1).limit_us(MINUTE) == MINUTE


def test_an_unusual_silence_is_forgotten_by_and_by() -> None:
    pace = paced(100, 1)
    for n in range(1, 300):
        pace.observe(1, (100 + n) * SECOND, 0, MINUTE)
    assert pace.limit_us(MINUTE) == MINUTE


def test_silence_counts_from_the_last_rows_the_request_or_the_opening() -> None:
    pace = Pace()
    pace.observe(1, 0, 10, MINUTE)
    assert pace.silent_us(0, 70) == 60
    pace.observe(1, 30, 70, MINUTE)
    assert (pace.silent_us(0, 70), pace.silent_us(60, 70)) == (40, 10)
    pace.observe(2, 30, 65, MINUTE)
    assert pace.silent_us(0, 70) == 5, "a new request has its own time"


def test_requests_in_vain_double_the_patience_until_rows_come_by_themselves() -> None:
    pace = Pace()
    pace.observe(1, 0, 0, SECOND)
    pace.in_vain = 3
    assert pace.limit_us(SECOND) == 8 * SECOND
    pace.observe(1, SECOND // 10, SECOND, SECOND)
    assert pace.in_vain == 3, "the first rows come because they were asked for"
    pace.observe(1, 2 * SECOND, 3 * SECOND, SECOND)
    assert pace.in_vain == 0
    pace.in_vain = 99
    assert pace.limit_us(SECOND) <= SECOND * 10 * (1 << DOUBLINGS)
