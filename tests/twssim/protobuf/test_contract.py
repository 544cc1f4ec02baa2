"""Contracts in protobuf, as the official client writes and reads them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from ibapi.client_utils import createContractProto
from ibapi.contract import Contract

from tests.twssim.official import OfficialClient, gateway, of, stock
from twssim.contracts import ContractQuery
from twssim.protobuf.contract import portfolio_contract, position_contract, read_contract


def test_every_field_of_a_contract_is_read() -> None:
    contract = stock("SPY")
    contract.conId, contract.secType, contract.lastTradeDateOrContractMonth = 5, "OPT", "20261218"
    contract.strike, contract.right, contract.multiplier = 600.5, "C", "100"
    contract.primaryExchange, contract.localSymbol, contract.tradingClass = "CBOE", "SPY 1", "SPY"
    contract.includeExpired = True
    assert read_contract(createContractProto(contract, None)) == ContractQuery(
        con_id=5,
        symbol="SPY",
        sec_type="OPT",
        last_trade_date="20261218",
        strike=Decimal("600.5"),
        right="C",
        multiplier="100",
        exchange="SMART",
        primary_exchange="CBOE",
        currency="USD",
        local_symbol="SPY 1",
        trading_class="SPY",
        include_expired=True,
    )


def test_what_is_absent_matches_everything() -> None:
    contract = Contract()
    contract.right = "?"
    assert read_contract(createContractProto(contract, None)) == ContractQuery()


def described(version: int) -> list[Any]:
    client = OfficialClient(gateway(), version=version)
    for req_id, instrument in enumerate(client.tws.universe):
        contract = Contract()
        contract.conId = instrument.con_id
        client.reqContractDetails(req_id, contract)
    return [details for _, details in of(client.after(0.2), "contractDetails")]


@pytest.mark.parametrize("version", [205, 213, 225])
def test_details_of_every_instrument_say_what_they_say_in_text(version: int) -> None:
    for now, before in zip(described(version), described(200), strict=True):
        assert vars(now.contract) == vars(before.contract)
        differing = {name for name, value in vars(now).items() if value != getattr(before, name)} - {"contract"}
        assert differing <= {"secIdList"}  # None and [] for "no ids"


def test_positions_show_the_listing_exchange_and_portfolios_the_primary_one() -> None:
    aapl = gateway().universe.by_con_id(265598)
    assert aapl is not None
    assert position_contract(aapl).exchange == "NASDAQ"
    shown = portfolio_contract(aapl)
    assert shown.primaryExch == "NASDAQ" and not shown.HasField("exchange") and not shown.HasField("multiplier")
