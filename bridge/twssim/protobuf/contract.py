"""Contracts in protobuf: reading them from requests, writing them into answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from twssim.answers import ContractDetails
from twssim.contracts import ContractQuery, Instrument
from twssim.protobuf.messages import build, sent
from twssim.wire import number, text

ROUND_LOT = Decimal(100)


def read_contract(contract: Any) -> ContractQuery:
    """What the client asked for; absent fields match everything."""
    return ContractQuery(
        con_id=contract.conId,
        symbol=contract.symbol,
        sec_type=contract.secType,
        last_trade_date=contract.lastTradeDateOrContractMonth,
        strike=number(text(contract.strike)) or None,
        right="" if contract.right in ("0", "?") else contract.right,
        multiplier=text(contract.multiplier) if contract.multiplier else "",
        exchange=contract.exchange,
        primary_exchange=contract.primaryExch,
        currency=contract.currency,
        local_symbol=contract.localSymbol,
        trading_class=contract.tradingClass,
        include_expired=contract.includeExpired,
    )


def contract_of(instrument: Instrument, exchange: str, **more: Any) -> Any:
    """The contract of an answer, on the exchange that this kind of answer shows."""
    shown = {"right": instrument.right} | more
    return build(
        "Contract",
        conId=instrument.con_id,
        symbol=instrument.symbol,
        secType=instrument.sec_type,
        lastTradeDateOrContractMonth=instrument.last_trade_date,
        strike=instrument.strike,
        multiplier=instrument.multiplier,
        exchange=exchange,
        currency=instrument.currency,
        localSymbol=instrument.local_symbol,
        tradingClass=instrument.trading_class,
        **shown,
    )


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
    """ContractData (10) of one instrument."""
    instrument = answer.instrument
    dates = {"lastTradeDate": instrument.last_trade_date, "primaryExch": instrument.primary_exchange}
    return sent(
        10,
        "ContractData",
        reqId=answer.req_id,
        contract=contract_of(instrument, instrument.exchange, **dates),
        contractDetails=_details(answer),
    )


def _details(answer: ContractDetails) -> Any:
    instrument = answer.instrument
    suggested = ROUND_LOT if instrument.sec_type == "STK" else instrument.size_increment
    return build(
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
    )
