"""Contracts between the protocol's models and ibapi's objects."""

from __future__ import annotations

from typing import Any

import ibapi.contract

from twsbridge.protocol.contract import (
    ComboLeg,
    Contract,
    ContractDetails,
    DeltaNeutralContract,
    IneligibilityReason,
)
from twsbridge_server.tws.attributes import Attributes, read_model
from twsbridge_server.tws.official import made
from twsbridge_server.tws.tag_values import tags_from_tws
from twsbridge_server.tws.unset import UNSET_DOUBLE, text

NO_RIGHT = frozenset({"0", "?"})
"""What TWS writes as `right` of a contract that is no option."""

_CONTRACT = Attributes(
    Contract,
    ibapi.contract.Contract,
    {"last_trade_date": "lastTradeDateOrContractMonth"},
    apart=("combo_legs", "delta_neutral_contract"),
)
_LEG = Attributes(ComboLeg, ibapi.contract.ComboLeg, {})
_DELTA_NEUTRAL = Attributes(DeltaNeutralContract, ibapi.contract.DeltaNeutralContract, {})
_ENUMERATED = {
    "fund_distribution_policy_indicator": "fundDistributionPolicyIndicator",
    "fund_asset_type": "fundAssetType",
}
_DETAILS = Attributes(
    ContractDetails,
    ibapi.contract.ContractDetails,
    {},
    apart=("contract", "sec_ids", "ineligibility_reasons", *_ENUMERATED),
)


def contract_to_tws(contract: Contract) -> ibapi.contract.Contract:
    """What ibapi encodes. A strike of zero is "not set": the protocol cannot ask for an option struck at zero."""
    told = made(ibapi.contract.Contract)
    _CONTRACT.told(contract, told)
    told.strike = contract.strike or UNSET_DOUBLE
    told.comboLegs = [_told(leg, _LEG, ibapi.contract.ComboLeg) for leg in contract.combo_legs]
    if contract.delta_neutral_contract:
        hedge = _told(contract.delta_neutral_contract, _DELTA_NEUTRAL, ibapi.contract.DeltaNeutralContract)
        told.deltaNeutralContract = hedge
    return told


def contract_from_tws(said: ibapi.contract.Contract) -> Contract:
    """A contract in one of TWS's messages; some of them tell little more than `con_id`."""
    fields = _CONTRACT.heard(said)
    if fields.get("right") in NO_RIGHT:
        del fields["right"]
    if said.comboLegs:
        fields["combo_legs"] = tuple(read_model(ComboLeg, _LEG.heard(leg)) for leg in said.comboLegs)
    if said.deltaNeutralContract:
        fields["delta_neutral_contract"] = _DELTA_NEUTRAL.heard(said.deltaNeutralContract)
    return read_model(Contract, fields)


def details_from_tws(said: ibapi.contract.ContractDetails) -> ContractDetails:
    """One match of a contract details request; a bond's maturity takes the place of its last trade date."""
    contract = contract_from_tws(said.contract)
    if not contract.last_trade_date and said.maturity:
        contract = contract.model_copy(update={"last_trade_date": text(said.maturity)})
    fields = {"contract": contract, "sec_ids": tags_from_tws(said.secIdList), **_DETAILS.heard(said)}
    fields |= {field: _name_of(getattr(said, attribute, None)) for field, attribute in _ENUMERATED.items()}
    fields["price_magnifier"] = fields.get("price_magnifier") or 1
    fields["ineligibility_reasons"] = tuple(
        IneligibilityReason(id=text(reason.id_), description=text(reason.description))
        for reason in getattr(said, "ineligibilityReasonList", None) or ()
    )
    return read_model(ContractDetails, fields)


def _told(model: Any, attributes: Attributes, official: type[Any]) -> Any:
    told = made(official)
    attributes.told(model, told)
    return told


def _name_of(value: Any) -> str:
    """The name of a member of one of ibapi's enumerations, empty for the one that means none."""
    return "" if value is None or value.name == "NoneItem" else str(value.name)
