"""Contracts in answers, as the official decoder reads them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from ibapi.const import UNSET_DOUBLE
from ibapi.contract import Contract

from tests.twssim.official import OfficialClient, errors, gateway, names, of, stock
from tests.twssim.test_text_requests import EVERY_VERSION
from twssim.text_contract import read_contract
from twssim.wire import Fields


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_contract_details_arrive_complete(version: int) -> None:
    client = OfficialClient(gateway(), version=version)
    client.take()
    client.reqContractDetails(9, stock())
    events = client.after(0.2)
    assert [name for name in names(events) if name != "error"] == ["contractDetails", "contractDetailsEnd"]
    req_id, details = of(events, "contractDetails")[0]
    contract = details.contract
    assert (req_id, contract.conId, contract.symbol, contract.exchange) == (9, 265598, "AAPL", "SMART")
    assert (contract.primaryExchange, contract.tradingClass, contract.currency) == ("NASDAQ", "NMS", "USD")
    assert (details.minTick, details.timeZoneId, details.stockType) == (0.01, "US/Eastern", "COMMON")
    assert "20261124:" in details.tradingHours and "20261124:" in details.liquidHours
    assert details.longName and details.validExchanges.startswith("SMART")
    if version >= 164:
        assert details.minSize > 0


def test_every_instrument_of_the_universe_can_be_described() -> None:
    client = OfficialClient(gateway())
    for req_id, instrument in enumerate(client.tws.universe):
        contract = Contract()
        contract.conId = instrument.con_id
        client.reqContractDetails(req_id, contract)
    events = client.after(0.2)
    assert errors(events) == [(-1, 2104), (-1, 2106), (-1, 2158)]
    told = of(events, "contractDetails", "bondContractDetails")
    described = [(details.contract.conId, struck(details.contract.strike)) for _, details in told]
    assert described == [(each.con_id, each.strike) for each in client.tws.universe]


def struck(strike: float) -> Decimal:
    """A bond's message has no strike."""
    return Decimal(0) if strike == UNSET_DOUBLE else Decimal(str(strike))


def test_an_unknown_symbol_is_error_200_without_an_end() -> None:
    client = OfficialClient(gateway())
    client.after(1.0)
    client.reqContractDetails(9, stock("NOSUCH"))
    events = client.after(1.0)
    assert names(events) == ["error"] and errors(events) == [(9, 200)]


@pytest.mark.parametrize("none", ["", "0", "0.0", "1.7976931348623157e+308"])
def test_no_strike_has_many_spellings(none: str) -> None:
    fields = Fields(f"0\0AAPL\0STK\0\0{none}\0?\0\0SMART\0\0USD\0\0\0".encode())
    contract = read_contract(fields)
    assert (contract.strike, contract.right) == (None, "")
