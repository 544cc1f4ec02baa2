from statistics import fmean, pstdev

from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import QUICK
from twssim.noise import bell, bridge, randoms


def test_numbers_depend_on_key_and_position_alone() -> None:
    first = randoms(b"key", 3, -7, 5)

    assert randoms(b"key", 3, -7, 5) == first
    assert all(0 <= number < 65536 for number in first)
    assert len({first, randoms(b"other", 3, -7, 5), randoms(b"key", 4, -7, 5), randoms(b"key", 3, 7, 5)}) == 4


def test_bell_has_mean_zero_and_variance_one() -> None:
    numbers = randoms(b"key", 0, 0, 20_000)
    bells = [bell(*pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]

    assert abs(fmean(bells)) < 0.05
    assert abs(pstdev(bells) - 1) < 0.05


@given(st.floats(-9, 9), st.floats(-9, 9), st.lists(st.floats(-9, 9), min_size=1, max_size=50))
@QUICK
def test_a_bridge_meets_both_ends(start: float, end: float, steps: list[float]) -> None:
    points = bridge(start, end, steps)

    assert len(points) == len(steps) + 1
    assert (points[0], points[-1]) == (start, end)


def test_a_bridge_keeps_the_shape_of_its_steps() -> None:
    assert bridge(10, 13, [1, 2, 0]) == [10, 11, 13, 13]
    assert bridge(0, 0, [1, 1]) == [0, 0, 0]
