from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import QUICK, moments
from twssim.volume import Volume

DAY = 86_400
quarters = st.integers(-(10**9), 10**10)


def volume(daily: int = 1_000_000) -> Volume:
    return Volume(b"volume", daily)


@given(quarters, st.lists(st.integers(1, 4 * 3 * DAY), min_size=1, max_size=6))
@QUICK
def test_volume_is_additive(start: int, lengths: list[int]) -> None:
    traded, first, parts = volume(), start, []
    for length in lengths:
        parts.append(traded.traded(start / 4, (start + length - 1) / 4))
        start += length

    assert min(parts) >= 0
    assert sum(parts) == traded.traded(first / 4, (start - 1) / 4)


@given(st.integers(0, 40_000), st.integers(1, 10**9))
@QUICK
def test_a_day_trades_about_the_daily_volume(day: int, daily: int) -> None:
    traded = volume(daily).traded(day * DAY, (day + 1) * DAY - 0.25)

    assert 0.6 * daily - 1 <= traded <= 1.4 * daily


@given(moments, moments)
@QUICK
def test_the_order_of_asking_does_not_matter(one: float, other: float) -> None:
    asked, fresh = volume(), volume()
    asked.traded(other, other + 60)

    assert asked.traded(one, one + 60) == fresh.traded(one, one + 60)


def test_about_every_other_moment_trades() -> None:
    traded = volume(10**9)
    busy = sum(traded.traded(moment / 4, moment / 4) > 100 for moment in range(4000))

    assert 1600 < busy < 2400


def test_daily_volume_0_is_no_volume() -> None:
    assert volume(0).traded(0, 10 * DAY) == 0
