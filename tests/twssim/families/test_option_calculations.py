"""calculateImpliedVolatility and calculateOptionPrice as the official client sees them."""

from __future__ import annotations

import pytest

from tests.twssim.families.rig import an_option, ready
from tests.twssim.official import errors, of, stock

pytestmark = pytest.mark.usefixtures("every_profile")


@pytest.mark.parametrize("right", ["C", "P"])
def test_the_two_calculations_are_each_others_inverse(right: str) -> None:
    client = ready()
    option = an_option(client, right=right)
    client.calculateOptionPrice(9, option, 0.35, 272.0, [])
    ((req_id, tick_type, attribute, volatility, delta, price, dividend, gamma, vega, theta, spot),) = of(
        client.after(0.1), "tickOptionComputation"
    )
    assert (req_id, tick_type, attribute, volatility, spot, dividend) == (9, 53, 1, 0.35, 272.0, 0.0)
    assert price > 0 and gamma > 0 and vega > 0 > theta
    assert 0 < delta < 1 if right == "C" else -1 < delta < 0
    client.calculateImpliedVolatility(8, option, price, 272.0, [])
    ((_, _, _, found, again, same, *_),) = of(client.after(0.1), "tickOptionComputation")
    assert found == pytest.approx(0.35, abs=1e-6) and again == pytest.approx(delta, abs=1e-6) and same == price


def test_a_price_that_no_volatility_explains_has_no_greeks() -> None:
    client = ready()
    client.calculateImpliedVolatility(9, an_option(client), 500.0, 272.0, [])
    ((_, tick_type, _, *values, spot),) = of(client.after(0.1), "tickOptionComputation")
    assert (tick_type, spot) == (53, 272.0)
    assert values == [None, None, 500.0, None, None, None, None]


def test_other_contracts_are_refused_and_cancels_are_silent() -> None:
    client = ready()
    client.calculateOptionPrice(9, stock(), 0.35, 272.0, [])
    client.calculateImpliedVolatility(8, an_option(client), 0.0, 272.0, [])
    client.calculateImpliedVolatility(7, stock("NOSUCH"), 1.0, 272.0, [])
    assert errors(client.after(0.1)) == [(9, 321), (8, 321), (7, 200)]
    client.calculateOptionPrice(6, an_option(client), 0.35, 272.0, [])
    client.cancelCalculateOptionPrice(6)
    client.cancelCalculateImpliedVolatility(6)
    assert client.after(1.0) == []
