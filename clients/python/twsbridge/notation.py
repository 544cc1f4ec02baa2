"""Contracts as compact text: one parser and its inverse. clients/README.md has the grammar, JavaScript the same code.

Whatever `format_contract` writes, `parse_contract` reads back as an equal contract; what has no text is refused.
"""

from __future__ import annotations

import re

from twsbridge.protocol.errors import InvalidRequest, make_error
from twsbridge.protocol.models import Contract

FORMS = (
    "AAPL", "AAPL@SMART:NASDAQ/USD", "EUR.USD", "ES 202612@CME", "ES CONT@CME", "/ESZ6@CME", "ES 20261218 C6000@CME",
    "AAPL  261218C00200000", "ind:SPX@CBOE", "crypto:BTC@PAXOS/USD", "conid:265598",
)  # fmt: skip
"""An example of each form."""

SMART = "SMART"
DEFAULT_PLACES = {
    "CASH": ("IDEALPRO", ""),
    **dict.fromkeys(("STK", "OPT", "BOND", "CFD", "FUND", "WAR"), (SMART, "USD")),
    **dict.fromkeys(("FUT", "CONTFUT", "FOP", "IND", "CMDTY", "CRYPTO", "IOPT"), ("", "")),
}
"""Exchange and currency where the text names none, for each security type that has a text."""

_WORD = r"[!-)+-.0-9;<>?A-~]+"
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,6})?"
_PLACE = (
    r"(?:@(?P<exchange>[A-Za-z0-9._-]+)(?::(?P<primary_exchange>[A-Za-z0-9._-]+))?)?"
    r"(?:/(?P<currency>[A-Za-z]{3}))?"
)
_CON_ID = re.compile(r"conid:(?P<con_id>[1-9][0-9]{0,14})(?:@(?P<exchange>[A-Za-z0-9._-]+))?", re.IGNORECASE)
_PAIR = re.compile(rf"(?P<symbol>[A-Za-z]{{3}})\.(?P<quote>[A-Za-z]{{3}}){_PLACE}")
_OCC = re.compile(
    rf"(?P<symbol>[!-)+-.0-9;<>?A-~]{{1,6}}?) *(?P<date>[0-9]{{6}})(?P<right>[CP])(?P<strike>[0-9]{{8}})"
    rf"(?:\*(?P<multiplier>{_NUMBER}))?(?:=(?P<trading_class>{_WORD}))?{_PLACE}"
)
_LOCAL = re.compile(rf"/(?P<local_symbol>{_WORD}(?P<option> [CP]{_NUMBER})?){_PLACE}")
_TERMS = re.compile(
    rf"(?:(?P<sec_type>[A-Za-z]+):)?(?P<symbol>{_WORD}(?: {_WORD})??)"
    rf"(?: (?P<date>[0-9]{{6}}|[0-9]{{8}}|CONT)(?: (?P<right>[CP])(?P<strike>{_NUMBER}))?)?"
    rf"(?:\*(?P<multiplier>{_NUMBER}))?(?:=(?P<trading_class>{_WORD}))?{_PLACE}"
)


def parse_contract(text: str) -> Contract:
    """The contract that a text means; raises InvalidRequest, which names the forms, for any other text."""
    words = text.strip()
    if match := _CON_ID.fullmatch(words):
        return Contract(con_id=int(match["con_id"]), exchange=(match["exchange"] or "").upper())
    if (match := _PAIR.fullmatch(words)) and not match["currency"]:
        return _contract(match, "CASH", currency=match["quote"].upper(), symbol=match["symbol"].upper())
    if match := _OCC.fullmatch(words):
        return _contract(match, "OPT", last_trade_date=f"20{match['date']}", strike=int(match["strike"]) / 1000)
    if match := _LOCAL.fullmatch(words):
        return _contract(match, "FOP" if match["option"] else "FUT")
    if match := _TERMS.fullmatch(words):
        sec_type = (match["sec_type"] or _kind(match)).upper()
        if sec_type in DEFAULT_PLACES and sec_type != "CASH":
            date = "" if match["date"] in (None, "CONT") else match["date"]
            return _contract(match, sec_type, last_trade_date=date, strike=float(match["strike"] or 0))
    raise not_understood(f"{text!r} is not a contract")


def format_contract(contract: Contract) -> str:
    """The text that `parse_contract` reads back as an equal contract; raises InvalidRequest when there is none."""
    for text in _texts(contract):
        try:
            if parse_contract(text) == contract:
                return text
        except InvalidRequest:
            continue
    raise not_understood(f"No text says {contract!r}")


def contract_text(contract: Contract) -> str:
    """What people call a contract, without what is usual. Unlike `format_contract` it has a text for each."""
    short = _without(contract, "primary_exchange", "multiplier", "trading_class", "local_symbol")
    for each in (contract, short, _without(contract, "local_symbol")) if contract.symbol else (contract,):
        try:
            return format_contract(each)
        except InvalidRequest:
            continue
    return f"{contract.sec_type}:{contract.symbol}" if contract.symbol else f"conid:{contract.con_id}"


def not_understood(what: str) -> InvalidRequest:
    """The refusal of a contract that cannot be read or written, with the forms that can be."""
    forms = ", ".join(repr(form) for form in FORMS)
    error = make_error("req.invalid", what, do=f"Write {forms}.", field="contract", details={"forms": list(FORMS)})
    return InvalidRequest(error)


def _kind(match: re.Match[str]) -> str:
    if match["date"] == "CONT":
        return "CONTFUT"
    if not match["date"]:
        return "STK"
    return "FOP" if match["right"] else "FUT"


def _contract(match: re.Match[str], sec_type: str, **more: object) -> Contract:
    """The contract of the groups of this match; `more` goes before them."""
    exchange, currency = DEFAULT_PLACES[sec_type]
    given = {name: value for name, value in match.groupdict().items() if value and name in Contract.model_fields}
    for name in ("exchange", "primary_exchange", "currency"):
        if name in given:
            given[name] = given[name].upper()
    return Contract.model_validate({"exchange": exchange, "currency": currency, **given, "sec_type": sec_type, **more})


def _texts(contract: Contract) -> list[str]:
    """Texts that may say it, the shortest first; which of them does, only the parser knows."""
    if contract.con_id:
        return [f"conid:{contract.con_id}" + (f"@{contract.exchange}" if contract.exchange else "")]
    place = _place(contract)
    if contract.sec_type == "CASH":
        return [f"{contract.symbol}.{contract.currency}{place}"]
    if contract.local_symbol:
        return [f"/{contract.local_symbol}{place}"]
    terms = f"*{contract.multiplier}" if contract.multiplier else ""
    terms += f"={contract.trading_class}" if contract.trading_class else ""
    date = "CONT" if contract.sec_type == "CONTFUT" else contract.last_trade_date
    strike = f"{contract.right}{contract.strike:.6f}".rstrip("0").rstrip(".") if contract.right else ""
    long = " ".join(part for part in (contract.symbol, date, strike) if part) + terms + place
    occ = [f"{_occ(contract)}{terms}{place}"] if contract.sec_type == "OPT" else []
    return [*occ, long, f"{contract.sec_type.lower()}:{long}"]


def _place(contract: Contract) -> str:
    """What has to be said of exchange and currency."""
    exchange, currency = DEFAULT_PLACES.get(contract.sec_type, ("", ""))
    primary = f":{contract.primary_exchange}" if contract.primary_exchange else ""
    where = f"@{contract.exchange}{primary}" if contract.exchange != exchange or primary else ""
    is_said = contract.currency != currency and contract.sec_type != "CASH"
    return where + (f"/{contract.currency}" if is_said else "")


def _occ(contract: Contract) -> str:
    return f"{contract.symbol:<6}{contract.last_trade_date[2:]}{contract.right}{round(contract.strike * 1000):08}"


def _without(contract: Contract, *names: str) -> Contract:
    """The contract by its terms alone, without these and what TWS only adds; exchange and currency filled in."""
    dropped = {"con_id", "include_expired", "description", "combo_legs_descrip", "issuer_id", *names}
    kept = contract.model_dump(exclude=dropped, exclude_defaults=True)
    sec_type = contract.sec_type or "STK"
    exchange, currency = DEFAULT_PLACES.get(sec_type, ("", ""))
    given = {"exchange": contract.exchange or exchange, "currency": contract.currency or currency}
    return Contract.model_validate({**kept, "sec_type": sec_type, **given})


class AmbiguousContract(InvalidRequest, family="req.ambiguous"):
    """Several contracts match; `candidates` are those that TWS lists, each enough to ask again."""

    @property
    def candidates(self) -> list[Contract]:
        """What was found, at most 20 of them."""
        return [Contract.model_validate(row) for row in (self.wire.details or {}).get("candidates", [])]

    def __str__(self) -> str:
        """The sentences, then a line for each candidate: the text that means it alone, and its terms."""
        listed = (f"\n  conid:{each.con_id}  {_terms_text(each)}" for each in self.candidates)
        return super().__str__() + "".join(listed)


def _terms_text(contract: Contract) -> str:
    """As much of a contract as tells it from others."""
    try:
        return format_contract(_without(contract, "local_symbol"))
    except InvalidRequest:
        return contract_text(contract)
