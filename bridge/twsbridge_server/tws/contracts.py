"""Contracts between the protocol's models and ibapi's objects."""

from __future__ import annotations

import ibapi.contract

from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge_server.tws.official import made
from twsbridge_server.tws.unset import UNSET_DOUBLE, integer, number, size, text

NO_RIGHT = frozenset({"0", "?"})
"""What TWS writes as `right` of a contract that is no option."""


def contract_to_tws(contract: Contract) -> ibapi.contract.Contract:
    """What ibapi encodes. A strike of zero is "not set": the protocol cannot ask for an option struck at zero."""
    told = made(ibapi.contract.Contract)
    told.conId = contract.con_id
    told.symbol = str(contract.symbol)
    told.secType = str(contract.sec_type)
    told.lastTradeDateOrContractMonth = str(contract.last_trade_date)
    told.strike = contract.strike or UNSET_DOUBLE
    told.right = str(contract.right)
    told.multiplier = str(contract.multiplier)
    told.exchange = str(contract.exchange)
    told.primaryExchange = str(contract.primary_exchange)
    told.currency = str(contract.currency)
    told.localSymbol = str(contract.local_symbol)
    told.tradingClass = str(contract.trading_class)
    told.includeExpired = contract.include_expired
    return told


def contract_from_tws(said: ibapi.contract.Contract) -> Contract:
    """A contract in one of TWS's messages; some of them tell little more than `con_id`."""
    return Contract(
        con_id=integer(said.conId) or 0,
        symbol=text(said.symbol),
        sec_type=text(said.secType),
        last_trade_date=text(said.lastTradeDateOrContractMonth),
        strike=number(said.strike) or 0.0,
        right="" if said.right in NO_RIGHT else text(said.right),
        multiplier=text(said.multiplier),
        exchange=text(said.exchange),
        primary_exchange=text(said.primaryExchange),
        currency=text(said.currency),
        local_symbol=text(said.localSymbol),
        trading_class=text(said.tradingClass),
        include_expired=bool(said.includeExpired),
    )


def details_from_tws(said: ibapi.contract.ContractDetails) -> ContractDetails:
    """One match of a contract details request; a bond's maturity takes the place of its last trade date."""
    contract = contract_from_tws(said.contract)
    if not contract.last_trade_date and said.maturity:
        contract = contract.model_copy(update={"last_trade_date": text(said.maturity)})
    return ContractDetails(
        contract=contract,
        market_name=text(said.marketName),
        min_tick=number(said.minTick) or 0.0,
        price_magnifier=integer(said.priceMagnifier) or 1,
        order_types=text(said.orderTypes),
        valid_exchanges=text(said.validExchanges),
        under_con_id=integer(said.underConId) or 0,
        long_name=text(said.longName),
        contract_month=text(said.contractMonth),
        industry=text(said.industry),
        category=text(said.category),
        subcategory=text(said.subcategory),
        time_zone_id=text(said.timeZoneId),
        trading_hours=text(said.tradingHours),
        liquid_hours=text(said.liquidHours),
        stock_type=text(said.stockType),
        market_rule_ids=text(said.marketRuleIds),
        min_size=size(said.minSize),
        size_increment=size(said.sizeIncrement),
    )
