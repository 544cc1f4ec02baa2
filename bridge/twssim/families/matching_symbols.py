"""reqMatchingSymbols: contracts whose symbol or name begins with what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twssim.answers import Answer
from twssim.contract_message import contract_fields
from twssim.contracts import Instrument
from twssim.family import Asked, Body, Family, Told
from twssim.requests import Request
from twssim.wire import Value, escape, message

if TYPE_CHECKING:
    from twssim.session import Session

SYMBOL_SAMPLES = 79
MOST_SAMPLES = 16
SINCE_DESCRIPTION = 176
SEARCHED = ("STK", "IND", "BOND")


@dataclass(frozen=True, slots=True)
class RequestMatchingSymbols(Request):
    """reqMatchingSymbols."""

    req_id: int
    pattern: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One contract and the kinds of derivatives there are on it."""

    instrument: Instrument
    derivatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SymbolSamples(Answer):
    """Up to sixteen samples; none is an answer, too."""

    req_id: int
    samples: tuple[Sample, ...]


def _request(session: Session, request: RequestMatchingSymbols) -> None:
    gateway = session.gateway
    if not request.pattern:
        session.error(request.req_id, 10159, "Symbol search failed: the pattern is empty")
        return

    def answer() -> None:
        session.send(SymbolSamples(request.req_id, tuple(_samples(list(gateway.universe), request.pattern))))

    gateway.scheduler.after(gateway.settings.answer_delay, answer)


def _samples(instruments: list[Instrument], pattern: str) -> list[Sample]:
    wanted = pattern.upper()
    found = [
        each
        for each in instruments
        if each.sec_type in SEARCHED and (each.symbol.startswith(wanted) or each.long_name.upper().startswith(wanted))
    ]
    exact_first = sorted(found, key=lambda each: each.symbol != wanted)[:MOST_SAMPLES]
    return [Sample(each, _derivatives(instruments, each)) for each in exact_first]


def _derivatives(instruments: list[Instrument], under: Instrument) -> tuple[str, ...]:
    kinds = {each.sec_type for each in instruments if each.under_con_id == under.con_id}
    if "OPT" in kinds:
        kinds.add("BAG")
    return tuple(sorted(kinds))


def _text(answer: SymbolSamples, version: int) -> bytes:
    rows: list[Value] = []
    for sample in answer.samples:
        one = sample.instrument
        rows += [one.con_id, one.symbol, one.sec_type, one.primary_exchange or one.exchange, one.currency]
        rows += [len(sample.derivatives), *sample.derivatives]
        if version >= SINCE_DESCRIPTION:
            rows += [escape(one.long_name), ""]
    return message(SYMBOL_SAMPLES, answer.req_id, len(answer.samples), *rows)


def _body(answer: SymbolSamples) -> Body:
    rows = [
        {"contract": _contract(sample.instrument), "derivativeSecTypes": list(sample.derivatives)}
        for sample in answer.samples
    ]
    return Body(SYMBOL_SAMPLES, "SymbolSamples", {"reqId": answer.req_id, "contractDescriptions": rows})


def _contract(one: Instrument) -> dict[str, object]:
    shown = ("conId", "symbol", "secType", "currency")
    fields = contract_fields(one, "")
    more = {"primaryExch": one.primary_exchange or one.exchange, "description": one.long_name}
    return {name: fields[name] for name in shown} | more


FAMILY = Family(
    asked=(
        Asked(
            81,
            RequestMatchingSymbols,
            lambda fields, version: RequestMatchingSymbols(fields.integer(), fields.text()),
            lambda m: RequestMatchingSymbols(m.reqId, m.pattern),
            _request,
        ),
    ),
    told=(Told(SymbolSamples, 212, _text, _body),),
)
