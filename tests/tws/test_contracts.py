from __future__ import annotations

from decimal import Decimal

import ibapi.contract
from hypothesis import given
from hypothesis import strategies as st
from ibapi.const import UNSET_DECIMAL, UNSET_DOUBLE, UNSET_INTEGER
from ibapi.ineligibility_reason import IneligibilityReason
from ibapi.tag_value import TagValue

from tests.protocol.strategies import SAID_TO_IB, of_type
from twsbridge.protocol.contract import ComboLeg, DeltaNeutralContract
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge_server.tws.attributes import camel
from twsbridge_server.tws.contracts import contract_from_tws, contract_to_tws, details_from_tws

names = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
contracts = st.builds(
    Contract,
    con_id=st.integers(0, 2**31 - 2),
    symbol=names,
    sec_type=st.sampled_from(["STK", "OPT", "FUT", "CASH", ""]),
    last_trade_date=names,
    strike=st.floats(0, 1e6),
    right=st.sampled_from(["", "C", "P"]),
    multiplier=names,
    exchange=names,
    primary_exchange=names,
    currency=names,
    local_symbol=names,
    trading_class=names,
    include_expired=st.booleans(),
    sec_id_type=names,
    sec_id=names,
    issuer_id=names,
    combo_legs=st.lists(of_type(ComboLeg, SAID_TO_IB), max_size=3).map(tuple),
    delta_neutral_contract=of_type(DeltaNeutralContract | None, SAID_TO_IB),
)


@given(contracts)
def test_there_and_back(contract: Contract) -> None:
    assert contract_from_tws(contract_to_tws(contract)) == contract


def test_a_contract_that_is_told_nothing_about() -> None:
    assert contract_from_tws(ibapi.contract.Contract()) == Contract()


def test_a_strike_of_zero_is_not_sent() -> None:
    assert contract_to_tws(Contract(con_id=1)).strike == UNSET_DOUBLE


def test_marks_for_not_set_become_defaults() -> None:
    said = ibapi.contract.Contract()
    said.conId, said.strike, said.right = UNSET_INTEGER, UNSET_DOUBLE, "?"
    assert contract_from_tws(said) == Contract()
    said.right = "0"
    assert contract_from_tws(said) == Contract()


def test_only_plain_strings_are_sent() -> None:
    class Name(str):
        def __str__(self) -> str:
            return "AAPL"

    told = contract_to_tws(Contract.model_construct(symbol=Name("AAPL"), sec_type=Name("AAPL")))
    assert type(told.symbol) is str
    assert type(told.secType) is str


def details() -> ibapi.contract.ContractDetails:
    said = ibapi.contract.ContractDetails()
    said.contract.conId, said.contract.symbol = 265598, "AAPL"
    said.minTick, said.priceMagnifier, said.longName = 0.01, 1, "APPLE INC"
    said.timeZoneId, said.tradingHours = "US/Eastern", "20261122:CLOSED"
    said.minSize, said.sizeIncrement = Decimal("0.0001"), UNSET_DECIMAL
    return said


def test_contract_details() -> None:
    assert details_from_tws(details()) == ContractDetails(
        contract=Contract(con_id=265598, symbol="AAPL"),
        min_tick=0.01,
        long_name="APPLE INC",
        time_zone_id="US/Eastern",
        trading_hours="20261122:CLOSED",
        min_size=Decimal("0.0001"),
    )


def test_a_bond_has_its_maturity_as_last_trade_date() -> None:
    said = details()
    said.maturity = "20350815"
    assert details_from_tws(said).contract.last_trade_date == "20350815"


def test_a_price_magnifier_of_zero_is_none_at_all() -> None:
    said = details()
    said.priceMagnifier = 0
    assert details_from_tws(said).price_magnifier == 1


def test_every_attribute_of_ibapis_contract_details_is_a_field() -> None:
    fields = {camel(field) for field in ContractDetails.model_fields}
    renamed = {"secIds": "secIdList", "ineligibilityReasons": "ineligibilityReasonList"}
    assert {renamed.get(field, field) for field in fields} == set(vars(ibapi.contract.ContractDetails()))


def test_every_attribute_of_ibapis_contract_is_a_field() -> None:
    fields = {camel(field) for field in Contract.model_fields} - {"lastTradeDate"}
    assert fields | {"lastTradeDateOrContractMonth", "lastTradeDate"} == set(vars(ibapi.contract.Contract()))


def test_details_with_lists_and_enumerations() -> None:
    said = ibapi.contract.ContractDetails()
    said.secIdList = [TagValue("ISIN", "US0378331005")]
    said.ineligibilityReasonList = [IneligibilityReason("1", "no permission")]
    said.fundAssetType, said.coupon = ibapi.contract.FundAssetType.MoneyMarket, 3.5
    details = details_from_tws(said)
    assert (details.sec_ids[0].tag, details.sec_ids[0].value) == ("ISIN", "US0378331005")
    assert (details.ineligibility_reasons[0].id, details.fund_asset_type, details.coupon) == ("1", "MoneyMarket", 3.5)
    assert details.fund_distribution_policy_indicator == ""
