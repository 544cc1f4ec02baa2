"""BOND_CONTRACT_DATA (18): what TWS tells of a bond in the text profile, instead of contract data."""

from __future__ import annotations

from twssim.answers import ContractDetails
from twssim.instrument import BondTerms, Instrument
from twssim.security_ids import security_ids
from twssim.wire import Value, escape, message


def bond_details(answer: ContractDetails, terms: BondTerms, version: int) -> bytes:
    """One bond. Its hours are told from version 188 on, its sizes from 164 on."""
    instrument = answer.instrument
    hours = (instrument.time_zone, answer.trading_hours, answer.liquid_hours) if version >= 188 else ()
    sizes = (instrument.size_increment,) * 3 if version >= 164 else ()
    ids = security_ids(instrument)
    return message(
        18,
        *((6,) if version < 164 else ()),
        answer.req_id,
        instrument.symbol,
        instrument.sec_type,
        *_bond(terms),
        *_listing(instrument, version),
        *_option(terms),
        escape(instrument.long_name),
        *hours,
        "",
        "",
        len(ids),
        *(written for pair in ids.items() for written in pair),
        1,
        instrument.market_rule_ids,
        *sizes,
    )


def _bond(terms: BondTerms) -> tuple[Value, ...]:
    return (
        terms.cusip,
        terms.coupon,
        terms.maturity,
        terms.issue_date,
        terms.ratings,
        terms.bond_type,
        terms.coupon_type,
        0,
        int(terms.is_callable),
        0,
        terms.desc_append,
    )


def _listing(instrument: Instrument, version: int) -> tuple[Value, ...]:
    return (
        instrument.exchange,
        instrument.currency,
        instrument.market_name,
        instrument.trading_class,
        instrument.con_id,
        instrument.min_tick,
        *((100,) if version < 164 else ()),
        instrument.order_types,
        instrument.valid_exchanges,
    )


def _option(terms: BondTerms) -> tuple[Value, ...]:
    return (terms.next_option_date, terms.next_option_type, 0, "")
