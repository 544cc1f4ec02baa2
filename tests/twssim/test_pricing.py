from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import QUICK, UNIVERSE
from twssim.pricing import OptionTerms, days_left, future_price, option_price

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


terms = st.builds(OptionTerms, st.sampled_from([1, -1]), st.floats(80, 120), st.floats(0.02, 2))
near = st.floats(80, 120)
volatilities = st.floats(0.1, 1.5)


@given(terms, near, volatilities)
@QUICK
def test_the_greeks_are_the_derivatives_of_the_price(terms: OptionTerms, spot: float, volatility: float) -> None:
    greeks, step = terms.greeks(spot, volatility), 1e-4

    def slope(up: float, down: float) -> float:
        return (up - down) / (2 * step)

    assert greeks.price == terms.price(spot, volatility)
    assert greeks.delta == pytest.approx(
        slope(terms.price(spot + step, volatility), terms.price(spot - step, volatility)), abs=1e-5
    )
    assert greeks.gamma == pytest.approx(
        slope(terms.greeks(spot + step, volatility).delta, terms.greeks(spot - step, volatility).delta), abs=1e-5
    )
    assert greeks.vega * 100 == pytest.approx(
        slope(terms.price(spot, volatility + step), terms.price(spot, volatility - step)), abs=1e-3
    )
    later, earlier = (OptionTerms(terms.sign, terms.strike, terms.years + part) for part in (-step, step))
    assert greeks.theta * 365 == pytest.approx(
        slope(later.price(spot, volatility), earlier.price(spot, volatility)), abs=0.05
    )


@given(terms, near, volatilities)
@QUICK
def test_the_implied_volatility_is_the_one_that_gives_the_price(
    terms: OptionTerms, spot: float, volatility: float
) -> None:
    price = terms.price(spot, volatility)
    found = terms.implied_volatility(spot, price)
    assert found is None or terms.price(spot, found) == pytest.approx(price, abs=1e-9)
    assert found is not None or terms.greeks(spot, volatility).vega < 1e-6


def test_an_option_without_time_has_no_volatility_and_no_greeks_but_its_delta() -> None:
    expired = OptionTerms(-1, 100.0, 0.0)
    assert expired.implied_volatility(90.0, 10.0) is None
    greeks = expired.greeks(90.0, 0.3)
    assert (greeks.price, greeks.delta, greeks.gamma, greeks.vega, greeks.theta) == (10.0, -1.0, 0.0, 0.0, 0.0)
