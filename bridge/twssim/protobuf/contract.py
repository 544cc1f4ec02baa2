"""Contracts as the protobuf messages of answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from twssim.answers import ContractDetails
from twssim.contract_message import contract_fields
from twssim.instrument import BondTerms, Instrument
from twssim.protobuf.messages import build, sent
from twssim.security_ids import security_ids

ROUND_LOT = Decimal(100)


def contract_of(instrument: Instrument, exchange: str, **more: Any) -> Any:
    """The contract of an answer, on the exchange that this kind of answer shows."""
    return build("Contract", **(contract_fields(instrument, exchange) | more))


def position_contract(instrument: Instrument) -> Any:
    """The contract of position rows: the listing exchange of a stock, no exchange otherwise."""
    return contract_of(instrument, instrument.primary_exchange if instrument.sec_type == "STK" else "")


def portfolio_contract(instrument: Instrument) -> Any:
    """The contract of portfolio rows: only the primary exchange is known."""
    return contract_of(instrument, "", primaryExch=instrument.primary_exchange or instrument.exchange)


def order_contract(instrument: Instrument) -> Any:
    """The contract of open and completed orders: a right of '?' where there is none."""
    return contract_of(instrument, instrument.exchange, right=instrument.right or "?")


def contract_details(answer: ContractDetails) -> bytes:
    """ContractData of one instrument: message 10, or 18 of a bond, whose date is that of its maturity."""
    instrument = answer.instrument
    dates = {"lastTradeDate": instrument.last_trade_date, "primaryExch": instrument.primary_exchange}
    if instrument.bond:
        dates["lastTradeDateOrContractMonth"] = instrument.bond.maturity
    return sent(
        18 if instrument.bond else 10,
        "ContractData",
        reqId=answer.req_id,
        contract=contract_of(instrument, instrument.exchange, **dates),
        contractDetails=_details(answer),
    )


def _details(answer: ContractDetails) -> Any:
    instrument = answer.instrument
    suggested = ROUND_LOT if instrument.sec_type == "STK" else instrument.size_increment
    details = build(
        "ContractDetails",
        marketName=instrument.market_name,
        minTick=instrument.min_tick,
        orderTypes=instrument.order_types,
        validExchanges=instrument.valid_exchanges,
        priceMagnifier=1,
        underConId=instrument.under_con_id,
        longName=instrument.long_name,
        contractMonth=instrument.contract_month,
        industry=instrument.industry,
        category=instrument.category,
        subcategory=instrument.subcategory,
        timeZoneId=instrument.time_zone,
        tradingHours=answer.trading_hours,
        liquidHours=answer.liquid_hours,
        aggGroup=1,
        underSymbol=instrument.under_symbol,
        underSecType=instrument.under_sec_type,
        marketRuleIds=instrument.market_rule_ids,
        realExpirationDate=instrument.real_expiration_date,
        stockType=instrument.stock_type,
        minSize=instrument.size_increment,
        sizeIncrement=instrument.size_increment,
        suggestedSizeIncrement=suggested,
        **(_precision(instrument) if answer.precise else {}),
        **(_bond(instrument.bond) if instrument.bond else {}),
    )
    details.secIdList.update(security_ids(instrument))
    return details


def _bond(terms: BondTerms) -> dict[str, Any]:
    return {
        "cusip": terms.cusip,
        "coupon": float(terms.coupon),
        "issueDate": terms.issue_date,
        "ratings": terms.ratings,
        "bondType": terms.bond_type,
        "couponType": terms.coupon_type,
        "descAppend": terms.desc_append,
        "callable": terms.is_callable,
        "nextOptionDate": terms.next_option_date,
        "nextOptionType": terms.next_option_type,
    }


def _precision(instrument: Instrument) -> dict[str, Any]:
    """Last prices are as fine as the tick, sizes as fine as the increment."""
    return {
        "minAlgoSize": instrument.size_increment,
        "lastPricePrecision": instrument.min_tick,
        "lastSizePrecision": instrument.size_increment,
    }
