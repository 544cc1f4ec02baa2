from math import exp, floor, nextafter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import FEW, QUICK
from twssim.cell import Cell, merge
from twssim.path import DAY, FollowingPath, RandomPath, ShiftedPath, Walk

quarters = st.integers(4 * 1_700_000_000, 4 * 1_800_000_000)
lengths = st.integers(1, 4 * 3 * DAY)


def path(key: bytes = b"path") -> RandomPath:
    walk = Walk(key, 0.3)
    return RandomPath(key, 0.3, lambda day: 100 * exp(walk.level(day)))


def span(asked, first: int, last: int) -> Cell:
    """From one quarter of a second up to, not including, another."""
    return asked.span(first / 4, (last - 1) / 4)


@given(quarters, st.lists(lengths, min_size=1, max_size=5))
@QUICK
def test_stretches_merge_to_exactly_the_whole(start: int, sizes: list[int]) -> None:
    drawn, parts, end = path(), [], start
    for size in sizes:
        parts.append(span(drawn, end, end + size))
        end += size

    assert merge(parts) == span(drawn, start, end)


@given(quarters, st.integers(1, 400))
@FEW
def test_a_stretch_is_made_of_its_moments(start: int, length: int) -> None:
    drawn = path()
    values = [drawn.span(moment / 4, moment / 4).close for moment in range(start, start + length)]

    assert span(drawn, start, start + length) == Cell(values[0], max(values), min(values), values[-1])


@given(st.lists(st.tuples(quarters, lengths), min_size=2, max_size=5), st.randoms())
@FEW
def test_the_order_of_asking_does_not_matter(asked: list[tuple[int, int]], shuffle) -> None:
    drawn = path()
    answers = {each: span(drawn, each[0], sum(each)) for each in asked}
    shuffle.shuffle(asked)
    again = path()

    assert {each: span(again, each[0], sum(each)) for each in asked} == answers


def test_seeds_differ() -> None:
    assert path(b"one").span(1.7e9, 1.7e9) != path(b"two").span(1.7e9, 1.7e9)


def test_daily_moves_have_about_the_volatility_asked_for() -> None:
    walk = Walk(b"walk", 0.3)
    moves = [walk.level(day + 1) - walk.level(day) for day in range(10_000)]
    yearly = (sum(move * move for move in moves) / len(moves) * 365) ** 0.5

    assert yearly == pytest.approx(0.3, rel=0.05)


def test_a_second_moves_as_its_share_of_the_year() -> None:
    drawn, seconds = path(), range(1_700_000_000, 1_800_000_000, 50_001)
    cells = [drawn.span(second, second + 0.75) for second in seconds]
    moves = [cell.close / cell.open - 1 for cell in cells]
    yearly = (sum(move * move for move in moves) / len(moves) * 365 * DAY) ** 0.5

    assert 0.2 < yearly < 0.4


@given(quarters, lengths)
@FEW
def test_a_falling_rule_turns_high_into_low(start: int, length: int) -> None:
    base = path()
    mirrored = FollowingPath(base, lambda day, price: 1000 - price)
    cell = span(base, start, start + length)

    assert span(mirrored, start, start + length) == Cell(*(1000 - cell[i] for i in (0, 2, 1, 3)))


def test_a_rule_may_change_at_midnight() -> None:
    steps = FollowingPath(path(), lambda day, price: float(day))

    assert steps.span(10 * DAY + 5, 12 * DAY + 5) == Cell(10, 12, 10, 12)
    assert steps.span(10 * DAY, nextafter(11 * DAY, 0)) == Cell(10, 10, 10, 10)


shifts = st.lists(
    st.tuples(st.floats(1.7e9, 1.7e9 + 100), st.floats(0.5, 2)), max_size=4, unique_by=lambda each: each[0]
)


@given(shifts, st.floats(1.7e9, 1.7e9 + 100), st.floats(0, 100))
@QUICK
def test_a_shift_holds_from_its_moment_on(made: list[tuple[float, float]], start: float, length: float) -> None:
    shifted, base = ShiftedPath(path()), path()
    for time, factor in made:
        shifted.shift(factor, time)
    end = start + length

    expected = base.span(end, end).close
    for time, factor in made:
        expected *= factor if time <= end else 1
    assert shifted.span(end, end).close == pytest.approx(expected)
    cell = shifted.span(start, end)
    inside = [start, *(time for time, _ in made if start < time <= end), end]
    for moment in inside:
        assert cell.low <= shifted.span(moment, moment).close <= cell.high


def test_a_shift_leaves_the_past_as_it_was() -> None:
    shifted, now = ShiftedPath(path()), 1.7e9 + 0.1
    before = shifted.span(1.7e9 - 50, nextafter(now, 0))
    shifted.shift(1.1, now)

    assert shifted.span(1.7e9 - 50, nextafter(now, 0)) == before
    assert shifted.span(now, now).close == pytest.approx(1.1 * before.close)
    assert floor(now * 4) == floor(1.7e9 * 4)
