"""Contracts in the text profile: reading them from requests, writing them into answers."""

from __future__ import annotations

from decimal import Decimal

from twssim.answers import ContractDetails
from twssim.contracts import ContractQuery, Instrument
from twssim.security_ids import security_ids
from twssim.text_bond import bond_details
from twssim.wire import Fields, Value, double, escape, message


def read_contract(fields: Fields) -> ContractQuery:
    """The twelve contract fields that requests share; a strike of 0 means none."""
    return ContractQuery(
        con_id=fields.integer(),
        symbol=fields.text(),
        sec_type=fields.text(),
        last_trade_date=fields.text(),
        strike=fields.number() or None,
        right=_right(fields.text()),
        multiplier=fields.text(),
        exchange=fields.text(),
        primary_exchange=fields.text(),
        currency=fields.text(),
        local_symbol=fields.text(),
        trading_class=fields.text(),
    )


def _right(written: str) -> str:
    return "" if written in ("0", "?") else written


def position_contract(instrument: Instrument) -> tuple[Value, ...]:
    """The contract part of position rows; the exchange is the listing exchange of a stock."""
    return (
        *_identity(instrument),
        instrument.multiplier,
        instrument.primary_exchange if instrument.sec_type == "STK" else "",
        instrument.currency,
        instrument.local_symbol,
        instrument.trading_class,
    )


def portfolio_contract(instrument: Instrument) -> tuple[Value, ...]:
    """The contract part of portfolio rows."""
    return (
        *_identity(instrument),
        instrument.multiplier,
        instrument.primary_exchange or instrument.exchange,
        instrument.currency,
        instrument.local_symbol,
        instrument.trading_class,
    )


def execution_contract(instrument: Instrument, exchange: str) -> tuple[Value, ...]:
    """The contract part of execution details."""
    return (
        *_identity(instrument),
        instrument.multiplier,
        exchange,
        instrument.currency,
        instrument.local_symbol,
        instrument.trading_class,
    )


def order_contract(instrument: Instrument) -> tuple[Value, ...]:
    """The contract part of open and completed orders: a right of '?' where there is none."""
    return (
        instrument.con_id,
        instrument.symbol,
        instrument.sec_type,
        instrument.last_trade_date,
        instrument.strike,
        instrument.right or "?",
        instrument.multiplier,
        instrument.exchange,
        instrument.currency,
        instrument.local_symbol,
        instrument.trading_class,
    )


def _identity(instrument: Instrument) -> tuple[Value, ...]:
    return (
        instrument.con_id,
        instrument.symbol,
        instrument.sec_type,
        instrument.last_trade_date,
        double(instrument.strike),
        instrument.right,
    )


def contract_details(answer: ContractDetails, version: int) -> bytes:
    """CONTRACT_DATA (10) of one instrument, BOND_CONTRACT_DATA of a bond."""
    instrument = answer.instrument
    if instrument.bond:
        return bond_details(answer, instrument.bond, version)
    return message(
        10,
        *((8,) if version < 164 else ()),
        answer.req_id,
        *_listing(instrument, version),
        *_description(instrument),
        instrument.time_zone,
        answer.trading_hours,
        answer.liquid_hours,
        *_rules(instrument, version),
    )


def _listing(instrument: Instrument, version: int) -> tuple[Value, ...]:
    return (
        instrument.symbol,
        instrument.sec_type,
        instrument.last_trade_date,
        *((instrument.last_trade_date,) if version >= 182 else ()),
        instrument.strike,
        instrument.right,
        instrument.exchange,
        instrument.currency,
        instrument.local_symbol,
        instrument.market_name,
        instrument.trading_class,
        instrument.con_id,
        instrument.min_tick,
        *((100,) if version < 164 else ()),
        instrument.multiplier,
    )


def _description(instrument: Instrument) -> tuple[Value, ...]:
    return (
        instrument.order_types,
        instrument.valid_exchanges,
        1,
        instrument.under_con_id,
        escape(instrument.long_name),
        instrument.primary_exchange,
        instrument.contract_month,
        instrument.industry,
        instrument.category,
        instrument.subcategory,
    )


def _rules(instrument: Instrument, version: int) -> tuple[Value, ...]:
    sizes: tuple[Value, ...] = ()
    if version == 163:
        sizes = (instrument.size_increment,)
    elif version >= 164:
        suggested = Decimal(100) if instrument.sec_type == "STK" else instrument.size_increment
        sizes = (instrument.size_increment, instrument.size_increment, suggested)
    ids = security_ids(instrument)
    return (
        "",
        "",
        len(ids),
        *(written for pair in ids.items() for written in pair),
        1,
        instrument.under_symbol,
        instrument.under_sec_type,
        instrument.market_rule_ids,
        instrument.real_expiration_date,
        instrument.stock_type,
        *sizes,
        *((0,) if version >= 186 else ()),
    )
