"""reqHistogramData: how much was traded at which price in a period that ends now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from twssim.answers import Answer
from twssim.contract_message import read_contract as read_message
from twssim.contracts import ContractQuery, Instrument
from twssim.family import Asked, Body, Family, Told, one_id
from twssim.history import historical_bars
from twssim.history_request import HistoryError, HistoryRequest
from twssim.lookup import the_instrument
from twssim.requests import Request, RequestById
from twssim.streams import Stream
from twssim.text_contract import read_contract
from twssim.wire import Fields, message

if TYPE_CHECKING:
    from twssim.session import Session

HISTOGRAM_DATA = 89
ANSWER_DELAY = 0.1
_UNITS = {
    "second": ("S", 1, "1 min"),
    "minute": ("S", 60, "1 min"),
    "hour": ("S", 3600, "1 min"),
    "day": ("D", 1, "5 mins"),
    "week": ("W", 1, "30 mins"),
    "month": ("M", 1, "1 hour"),
    "year": ("Y", 1, "1 day"),
}
"""Unit of a period -> unit and factor of the duration, and how finely its trades are told apart."""


@dataclass(frozen=True, slots=True)
class RequestHistogram(Request):
    """reqHistogramData; a period is a count and a unit such as `3 days`."""

    req_id: int
    contract: ContractQuery
    use_rth: bool
    period: str


@dataclass(frozen=True, slots=True)
class CancelHistogram(RequestById):
    """cancelHistogramData."""


@dataclass(frozen=True, slots=True)
class Histogram(Answer):
    """Prices, lowest first, and how much was traded at each."""

    req_id: int
    entries: tuple[tuple[Decimal, Decimal], ...]


@dataclass(slots=True)
class HistogramQuery(Stream):
    """A request that has not been answered yet."""


def _request(session: Session, request: RequestHistogram) -> None:
    streams = session.subscriptions.streams
    if streams.get(HistogramQuery, request.req_id):
        session.invalid(request.req_id, f"Duplicate histogram query id: {request.req_id}")
        return
    instrument = the_instrument(session, request.req_id, request.contract)
    if instrument is None:
        return
    count, _, unit = request.period.partition(" ")
    if not count.isdecimal() or unit.removesuffix("s") not in _UNITS:
        session.invalid(request.req_id, f"Invalid time period: {request.period}")
        return
    letter, factor, bar_size = _UNITS[unit.removesuffix("s")]
    wanted = f"{int(count) * factor} {letter}", bar_size

    def answer() -> None:
        streams.close(HistogramQuery, request.req_id)
        _answer(session, request, instrument, wanted)

    query = HistogramQuery(request.req_id)
    streams.add(query)
    query.later(session.gateway.scheduler, ANSWER_DELAY, answer)


def _answer(session: Session, request: RequestHistogram, instrument: Instrument, wanted: tuple[str, str]) -> None:
    gateway, now = session.gateway, session.gateway.now
    query = HistoryRequest(now, *wanted, use_rth=request.use_rth, now=now)
    traded: Counter[Decimal] = Counter()
    try:
        for bar in historical_bars(gateway.market, gateway.calendar, instrument, query):
            traded[Decimal(str(bar.close))] += int(bar.volume)
    except HistoryError as refusal:
        session.error(request.req_id, 10188, f"Failed to request histogram data:{refusal.text}")
        return
    entries = tuple((price, Decimal(size)) for price, size in sorted(traded.items()) if size)
    session.send(Histogram(request.req_id, entries))


def _cancel(session: Session, request: CancelHistogram) -> None:
    if not session.subscriptions.streams.close(HistogramQuery, request.req_id):
        session.error(request.req_id, 300, f"Can't find EId with tickerId:{request.req_id}")


def _read(fields: Fields, version: int) -> RequestHistogram:
    req_id, contract = fields.integer(), read_contract(fields)
    fields.flag()
    return RequestHistogram(req_id, contract, fields.flag(), fields.text())


def _text(answer: Histogram, version: int) -> bytes:
    entries = [value for entry in answer.entries for value in entry]
    return message(HISTOGRAM_DATA, answer.req_id, len(answer.entries), *entries)


def _body(answer: Histogram) -> Body:
    entries = [{"price": price, "size": size} for price, size in answer.entries]
    return Body(HISTOGRAM_DATA, "HistogramData", {"reqId": answer.req_id, "histogramDataEntries": entries})


FAMILY = Family(
    asked=(
        Asked(
            88,
            RequestHistogram,
            _read,
            lambda m: RequestHistogram(m.reqId, read_message(m.contract), m.useRTH, m.timePeriod),
            _request,
        ),
        one_id(89, CancelHistogram, _cancel, versioned=False),
    ),
    told=(Told(Histogram, 208, _text, _body),),
)
