"""Contracts from a few words. As text they are read and written by notation.py."""

from __future__ import annotations

import re

from twsbridge.notation import SMART, not_understood, parse_contract
from twsbridge.protocol.models import Contract

ContractLike = Contract | str
"""A contract, or its compact text."""


def Stock(symbol: str, exchange: str = SMART, currency: str = "USD", primary_exchange: str = "") -> Contract:
    """A stock or fund. `primary_exchange` tells apart what SMART finds twice."""
    return Contract(
        symbol=symbol, sec_type="STK", exchange=exchange, currency=currency, primary_exchange=primary_exchange
    )


def Forex(pair: str, exchange: str = "IDEALPRO") -> Contract:
    """A currency pair: "EURUSD" or "EUR.USD"."""
    letters = pair.replace(".", "").replace("/", "").upper()
    if not re.fullmatch(r"[A-Z]{6}", letters):
        raise not_understood(f"{pair!r} is not a currency pair")
    return Contract(symbol=letters[:3], sec_type="CASH", exchange=exchange, currency=letters[3:])


def Index(symbol: str, exchange: str, currency: str = "USD") -> Contract:
    """An index: it has values, but cannot be traded itself."""
    return Contract(symbol=symbol, sec_type="IND", exchange=exchange, currency=currency)


def Future(symbol: str, last_trade_date: str, exchange: str, currency: str = "USD", multiplier: str = "") -> Contract:
    """A future. `last_trade_date` is YYYYMM or YYYYMMDD; give `multiplier` where several exist."""
    return Contract(
        symbol=symbol,
        sec_type="FUT",
        last_trade_date=last_trade_date,
        exchange=exchange,
        currency=currency,
        multiplier=multiplier,
    )


def Option(symbol: str, last_trade_date: str, strike: float, right: str, exchange: str = SMART) -> Contract:
    """An option in USD. `right` is "C" or "P"; use `.model_copy(update=...)` for another currency or multiplier."""
    return Contract(
        symbol=symbol,
        sec_type="OPT",
        last_trade_date=last_trade_date,
        strike=strike,
        right=right.upper()[:1],
        exchange=exchange,
        currency="USD",
    )


def to_contract(contract: ContractLike) -> Contract:
    """The contract itself, or what its text means; raises InvalidRequest for text that means nothing."""
    return contract if isinstance(contract, Contract) else parse_contract(contract)
