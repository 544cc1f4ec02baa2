"""Contracts as the official client puts them into protobuf messages."""

from __future__ import annotations

from decimal import Decimal

from ibapi.client_utils import createContractProto
from ibapi.contract import Contract

from tests.twssim.market_rig import the
from tests.twssim.official import stock
from twssim.contract_message import contract_fields, read_contract
from twssim.contracts import ContractQuery
from twssim.protobuf.messages import build


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


def test_what_is_described_is_read_back() -> None:
    for instrument in (the("AAPL"), the("SPY", "OPT"), the("ES", "FUT"), the("EUR", "CASH")):
        query = read_contract(build("Contract", **contract_fields(instrument, "MOON")))
        assert (query.con_id, query.exchange, query.local_symbol) == (
            instrument.con_id,
            "MOON",
            instrument.local_symbol,
        )
        assert (query.strike or 0, query.multiplier) == (instrument.strike, instrument.multiplier)
