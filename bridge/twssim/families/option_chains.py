"""reqSecDefOptParams: expiries and strikes of the options on one underlying, exchange by exchange."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from twssim.answers import Answer
from twssim.contracts import Instrument
from twssim.family import Asked, Body, Family, Told, plain
from twssim.requests import Request
from twssim.wire import Fields, Value, message

if TYPE_CHECKING:
    from twssim.session import Session

OPTION_PARAMETER, OPTION_PARAMETER_END = 75, 76


@dataclass(frozen=True, slots=True)
class RequestOptionChains(Request):
    """reqSecDefOptParams; an exchange only for options on futures."""

    req_id: int
    symbol: str
    exchange: str
    sec_type: str
    con_id: int


@dataclass(frozen=True, slots=True)
class OptionChain(Answer):
    """What one exchange lists of one trading class."""

    req_id: int
    exchange: str
    under_con_id: int
    trading_class: str
    multiplier: str
    expirations: tuple[str, ...]
    strikes: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class OptionChainsEnd(Answer):
    """Every exchange has been told."""

    req_id: int


def _request(session: Session, request: RequestOptionChains) -> None:
    gateway = session.gateway
    under = gateway.universe.by_con_id(request.con_id)
    if under is None or (under.symbol, under.sec_type) != (request.symbol, request.sec_type):
        session.invalid(request.req_id, "Invalid contract id")
        return

    def answer() -> None:
        for chain in _chains(request.req_id, under, list(gateway.universe)):
            session.send(chain)
        session.send(OptionChainsEnd(request.req_id))

    gateway.scheduler.after(gateway.settings.answer_delay, answer)


def _chains(req_id: int, under: Instrument, instruments: list[Instrument]) -> Iterator[OptionChain]:
    options = [each for each in instruments if each.sec_type == "OPT" and each.under_con_id == under.con_id]
    for exchange in dict.fromkeys(name for each in options for name in each.valid_exchanges.split(",")):
        for trading_class in dict.fromkeys(each.trading_class for each in options):
            listed = [each for each in options if each.trading_class == trading_class]
            yield OptionChain(
                req_id,
                exchange,
                under.con_id,
                trading_class,
                listed[0].multiplier,
                tuple(sorted({each.last_trade_date for each in listed})),
                tuple(sorted({each.strike for each in listed})),
            )


def _read(fields: Fields, version: int) -> RequestOptionChains:
    req_id, (symbol, exchange, sec_type) = fields.integer(), fields.texts(3)
    return RequestOptionChains(req_id, symbol, exchange, sec_type, fields.integer())


def _text(answer: OptionChain, version: int) -> bytes:
    rows: list[Value] = [answer.req_id, answer.exchange, answer.under_con_id, answer.trading_class, answer.multiplier]
    rows += [len(answer.expirations), *answer.expirations]
    rows += [len(answer.strikes), *answer.strikes]
    return message(OPTION_PARAMETER, *rows)


def _body(answer: OptionChain) -> Body:
    fields = {
        "reqId": answer.req_id,
        "exchange": answer.exchange,
        "underlyingConId": answer.under_con_id,
        "tradingClass": answer.trading_class,
        "multiplier": answer.multiplier,
        "expirations": list(answer.expirations),
        "strikes": list(answer.strikes),
    }
    return Body(OPTION_PARAMETER, "SecDefOptParameter", fields)


FAMILY = Family(
    asked=(
        Asked(
            78,
            RequestOptionChains,
            _read,
            lambda m: RequestOptionChains(
                m.reqId, m.underlyingSymbol, m.futFopExchange, m.underlyingSecType, m.underlyingConId
            ),
            _request,
        ),
    ),
    told=(
        Told(OptionChain, 212, _text, _body),
        Told(
            OptionChainsEnd,
            212,
            plain(OPTION_PARAMETER_END, lambda a: a.req_id),
            lambda a: Body(OPTION_PARAMETER_END, "SecDefOptParameterEnd", {"reqId": a.req_id}),
        ),
    ),
)
