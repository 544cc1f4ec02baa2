"""Are two descriptions the same contract, and what is one of it worth? Where it cannot be told, both answers hold."""

from __future__ import annotations

from twsbridge.protocol.models import Contract

COMBO = "BAG"

PLAIN = frozenset({"STK", "CASH", "CRYPTO", "IND", "CMDTY", "FUND"})
"""Kinds of which symbol and currency name one contract."""

_TERMS = ("symbol", "sec_type", "currency", "right", "strike", "local_symbol", "trading_class")


def is_same(one: Contract, other: Contract) -> bool:
    """Certainly the same contract."""
    if one.con_id and other.con_id:
        return one.con_id == other.con_id
    names = [(each.symbol.upper(), each.sec_type, each.currency) for each in (one, other)]
    return names[0] == names[1] and one.sec_type in PLAIN and bool(one.symbol)


def may_be_same(one: Contract, other: Contract) -> bool:
    """False only where something that both name is different."""
    if one.con_id and other.con_id:
        return one.con_id == other.con_id
    for term in _TERMS:
        mine, theirs = getattr(one, term), getattr(other, term)
        if mine and theirs and mine != theirs:
            return False
    expiries = sorted((one.last_trade_date, other.last_trade_date), key=len)
    return expiries[1].startswith(expiries[0])


def multiplier(contract: Contract) -> float | None:
    """How many of the underlying one contract stands for; None when the description does not say."""
    try:
        given = float(contract.multiplier or 0)
    except ValueError:
        return None
    if given > 0:
        return given
    return 1.0 if contract.sec_type in PLAIN else None
