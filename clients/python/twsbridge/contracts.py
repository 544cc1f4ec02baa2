"""Contracts from a few words, and as compact text: "AAPL", "CSH2@LSE/GBP", "EUR.USD", "conid:265598"."""

from __future__ import annotations

import re

from twsbridge.errors import InvalidRequest, make_error
from twsbridge.protocol.models import Contract

ContractLike = Contract | str
"""A contract, or its compact text."""

_SMART = "SMART"
_FOREX = re.compile(r"(?P<base>[A-Z]{3})\.(?P<quote>[A-Z]{3})")
_CON_ID = re.compile(r"conid:(?P<con_id>[1-9][0-9]{0,14})(?:@(?P<exchange>[A-Z0-9.]+))?", re.IGNORECASE)
_STOCK = re.compile(r"(?P<symbol>[^@/:]+?)(?:@(?P<exchange>[A-Z0-9.]+))?(?:/(?P<currency>[A-Z]{3}))?", re.IGNORECASE)


def Stock(symbol: str, exchange: str = _SMART, currency: str = "USD", primary_exchange: str = "") -> Contract:
    """A stock or fund. `primary_exchange` tells apart what SMART finds twice."""
    return Contract(
        symbol=symbol, sec_type="STK", exchange=exchange, currency=currency, primary_exchange=primary_exchange
    )


def Forex(pair: str, exchange: str = "IDEALPRO") -> Contract:
    """A currency pair: "EURUSD" or "EUR.USD"."""
    letters = pair.replace(".", "").replace("/", "").upper()
    if not re.fullmatch(r"[A-Z]{6}", letters):
        raise _not_understood(pair, 'a currency pair is written "EURUSD" or "EUR.USD"')
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


def Option(symbol: str, last_trade_date: str, strike: float, right: str, exchange: str = _SMART) -> Contract:
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


def parse_contract(text: str) -> Contract:
    """ "AAPL", "AAPL@SMART/USD", "EUR.USD" or "conid:265598" as a contract; raises InvalidRequest for anything else."""
    words = text.strip()
    if match := _CON_ID.fullmatch(words):
        return Contract(con_id=int(match["con_id"]), exchange=(match["exchange"] or "").upper())
    if _FOREX.fullmatch(words):
        return Forex(words)
    if match := _STOCK.fullmatch(words):
        exchange, currency = match["exchange"] or _SMART, match["currency"] or "USD"
        return Stock(match["symbol"], exchange.upper(), currency.upper())
    raise _not_understood(text, 'write "AAPL", "CSH2@LSE/GBP", "EUR.USD" or "conid:265598"')


def contract_text(contract: Contract) -> str:
    """The shortest text that `parse_contract` takes back, where there is one; else a description for people."""
    if not contract.symbol:
        at = f"@{contract.exchange}" if contract.exchange else ""
        return f"conid:{contract.con_id}{at}"
    if contract.sec_type == "CASH":
        return f"{contract.symbol}.{contract.currency}"
    place = "" if _is_plain(contract) else f"@{contract.exchange or _SMART}/{contract.currency or 'USD'}"
    if contract.sec_type in ("STK", ""):
        return f"{contract.symbol}{place}"
    strike = f"{contract.strike:g}" if contract.strike else ""
    terms = (contract.symbol, contract.sec_type, contract.last_trade_date, strike, contract.right)
    return " ".join(term for term in terms if term) + place


def _is_plain(contract: Contract) -> bool:
    return contract.exchange in (_SMART, "") and contract.currency in ("USD", "")


def _not_understood(text: object, hint: str) -> InvalidRequest:
    return InvalidRequest(make_error("req.invalid", f"{text!r} is not a contract: {hint}", field="contract"))
