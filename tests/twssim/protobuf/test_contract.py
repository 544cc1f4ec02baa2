"""Contracts in protobuf, as the official client writes and reads them."""

from __future__ import annotations

from typing import Any

import pytest
from ibapi.contract import Contract

from tests.twssim.official import OfficialClient, gateway, of
from twssim.protobuf.contract import portfolio_contract, position_contract


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
        newer = {"minAlgoSize", "lastPricePrecision", "lastSizePrecision"} if version >= 224 else set()
        assert differing - newer <= {"secIdList"}  # None and [] for "no ids"


def test_positions_show_the_listing_exchange_and_portfolios_the_primary_one() -> None:
    aapl = gateway().universe.by_con_id(265598)
    assert aapl is not None
    assert position_contract(aapl).exchange == "NASDAQ"
    shown = portfolio_contract(aapl)
    assert shown.primaryExch == "NASDAQ" and not shown.HasField("exchange") and not shown.HasField("multiplier")
