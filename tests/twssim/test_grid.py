from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import QUICK
from twssim.grid import Grid

grids = st.builds(Grid, st.sampled_from([Decimal("0.00005"), Decimal("0.01"), Decimal("0.25")]), st.integers(1, 3))
prices = st.floats(0, 1e5)


@given(grids, prices)
@QUICK
def test_the_last_trade_lies_between_bid_and_ask(grid: Grid, price: float) -> None:
    bid, last, ask = grid.bid(price), grid.last(price), grid.ask(price)

    assert 1 <= bid <= last <= ask == bid + grid.spread


@given(grids, prices, prices)
@QUICK
def test_every_price_rises_with_the_path(grid: Grid, one: float, other: float) -> None:
    low, high = sorted([one, other])

    assert grid.bid(low) <= grid.bid(high)
    assert grid.last(low) <= grid.last(high)


@given(grids, st.integers(5, 10**6))
@QUICK
def test_prices_are_exact_multiples_of_the_tick(grid: Grid, ticks: int) -> None:
    price = grid.price(ticks)

    assert price == ticks * grid.min_tick
    assert grid.last(float(price)) == ticks


def test_a_stock_at_270_50() -> None:
    grid = Grid(Decimal("0.01"), 1)

    assert [grid.price(ticks) for ticks in (grid.bid(270.504), grid.last(270.504), grid.ask(270.504))] == [
        Decimal("270.50"),
        Decimal("270.50"),
        Decimal("270.51"),
    ]
