from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import QUICK, UNIVERSE
from twssim.pricing import days_left, future_price, option_price

FUTURES = [each for each in UNIVERSE if each.sec_type == "FUT"]
OPTIONS = [each for each in UNIVERSE if each.sec_type == "OPT"]
TODAY = (date(2026, 11, 23) - date(1970, 1, 1)).days
days = st.integers(TODAY - 5000, TODAY + 100)
spots = st.floats(1, 2000)


@given(st.sampled_from(OPTIONS), days, spots, spots)
@QUICK
def test_calls_rise_and_puts_fall_with_the_stock(option, day: int, one: float, other: float) -> None:
    low, high = sorted([one, other])
    cheap, dear = option_price(option, day, low), option_price(option, day, high)
    if option.right == "P":
        cheap, dear = dear, cheap

    assert -1e-9 <= cheap <= dear + 1e-9


@given(st.sampled_from(OPTIONS), st.integers(TODAY, TODAY + 25), spots)
@QUICK
def test_an_option_costs_at_least_its_discounted_intrinsic_value(option, day: int, spot: float) -> None:
    intrinsic = (spot - float(option.strike)) * (1 if option.right == "C" else -1)

    assert option_price(option, day, spot) >= intrinsic - 0.01 * float(option.strike) - 1e-9


def test_at_expiry_only_the_intrinsic_value_is_left() -> None:
    call = next(each for each in OPTIONS if each.right == "C" and each.symbol == "AAPL")
    expiry = TODAY + days_left(call, TODAY)

    assert option_price(call, expiry, float(call.strike) + 7) == 7
    assert option_price(call, expiry + 1, float(call.strike) - 7) == 0


@given(st.sampled_from(FUTURES), spots)
@QUICK
def test_a_future_costs_the_index_and_interest(future, spot: float) -> None:
    expiry = TODAY + days_left(future, TODAY)

    assert future_price(future, expiry, spot) == spot
    assert future_price(future, expiry - 365, spot) == pytest.approx(spot * 1.0408, rel=1e-4)
