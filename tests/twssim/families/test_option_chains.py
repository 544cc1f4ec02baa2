"""reqSecDefOptParams as the official client sees it."""

from __future__ import annotations

import pytest

from tests.twssim.families.rig import ready
from tests.twssim.official import errors, names, of

pytestmark = pytest.mark.usefixtures("every_profile")


def test_every_exchange_and_then_the_end() -> None:
    client = ready()
    client.reqSecDefOptParams(9, "AAPL", "", "STK", 265598)
    events = client.after(0.1)
    chains = of(events, "securityDefinitionOptionParameter")
    assert names(events) == ["securityDefinitionOptionParameter"] * len(chains) + [
        "securityDefinitionOptionParameterEnd"
    ]
    options = [each for each in client.tws.universe if each.under_con_id == 265598]
    assert {chain[1] for chain in chains} == set(options[0].valid_exchanges.split(",")) and len(chains) > 5
    for req_id, _, under, trading_class, multiplier, expirations, strikes in chains:
        assert (req_id, under, trading_class, multiplier) == (9, 265598, "AAPL", "100")
        assert expirations == {each.last_trade_date for each in options}
        assert strikes == {float(each.strike) for each in options}
    assert events[-1][1] == (9,)


def test_what_has_no_options_gets_the_end_alone_and_what_is_unknown_an_error() -> None:
    client = ready()
    client.reqSecDefOptParams(9, "MSFT", "", "STK", 272093)
    client.reqSecDefOptParams(8, "AAPL", "", "STK", 1)
    client.reqSecDefOptParams(7, "MSFT", "", "STK", 265598)
    events = client.after(0.1)
    assert errors(events) == [(8, 321), (7, 321)]
    assert names(events)[2:] == ["securityDefinitionOptionParameterEnd"]
