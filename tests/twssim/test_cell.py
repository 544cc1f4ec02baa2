from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import QUICK
from twssim.cell import Cell, merge, split
from twssim.noise import randoms

prices = st.floats(0.01, 1e5)


@st.composite
def cells(draw) -> Cell:
    low, first, second, high = sorted(draw(st.tuples(prices, prices, prices, prices)))
    opened, closed = draw(st.permutations([first, second]))
    return Cell(opened, high, low, closed)


@given(cells(), st.integers(1, 60), st.floats(1e-4, 10), st.integers(0, 10_000))
@QUICK
def test_parts_merge_to_exactly_the_whole(cell: Cell, count: int, step: float, number: int) -> None:
    parts = split(cell, count, step, randoms(b"cell", 0, number, 4 * count))

    assert len(parts) == count
    assert merge(parts) == cell
    for part, following in zip(parts, parts[1:], strict=False):
        assert part.close == following.open
    for part in parts:
        assert part.low <= min(part.open, part.close) <= max(part.open, part.close) <= part.high


def test_a_price_that_stood_still_stands_still_in_every_part() -> None:
    still = Cell(5.0, 5.0, 5.0, 5.0)

    assert split(still, 4, 0.0, randoms(b"cell", 0, 0, 16)) == [still] * 4


def test_merging_takes_first_highest_lowest_last() -> None:
    assert merge([Cell(2, 4, 1, 3), Cell(3, 5, 2, 4)]) == Cell(2, 5, 1, 4)
