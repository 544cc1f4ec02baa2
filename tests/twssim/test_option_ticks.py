"""Volatility and greeks beside the quote of an option."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.families.rig import an_option, ready
from tests.twssim.market_rig import MONDAY_NOON, QUICK, UNIVERSE, market, the
from tests.twssim.official import of
from twssim.contracts import Instrument
from twssim.option_ticks import MODEL, option_ticks

OPTIONS = [each for each in UNIVERSE if each.sec_type == "OPT"]


@QUICK
@given(st.sampled_from(OPTIONS), st.floats(0, 5e5))
def test_the_computations_agree_with_the_quote(option: Instrument, later: float) -> None:
    made, now = market(), MONDAY_NOON + later
    quote = made.quote(option.con_id, now)
    ticks = {tick.tick_type: tick for tick in option_ticks(9, made, option, quote)}
    assert [ticks[number].price for number in (10, 11, 12)] == [float(quote.bid), float(quote.ask), float(quote.last)]
    model = ticks[MODEL]
    assert model.price is not None and model.delta is not None
    assert abs(model.price - float(quote.bid + quote.ask) / 2) < 0.05
    assert (0 <= model.delta <= 1) if option.right == "C" else (-1 <= model.delta <= 0)
    bid, ask = ticks[10].volatility, ticks[11].volatility
    assert bid is None or ask is None or bid < ask


def test_only_options_have_them() -> None:
    made = market()
    assert list(option_ticks(9, made, the("AAPL"), made.quote(the("AAPL").con_id, MONDAY_NOON))) == []


@pytest.mark.usefixtures("every_profile")
def test_they_come_with_the_market_data_of_an_option() -> None:
    client = ready()
    client.reqMktData(9, an_option(client), "", False, False, [])
    first = of(client.after(0.1), "tickOptionComputation")
    assert [arguments[1] for arguments in first] == [10, 11, 12, 13]
    assert all(arguments[3] and arguments[4] and arguments[10] for arguments in first)
    assert 13 in {arguments[1] for arguments in of(client.after(10.0), "tickOptionComputation")}
