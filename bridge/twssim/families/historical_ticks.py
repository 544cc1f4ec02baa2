"""reqHistoricalTicks: up to a thousand trades, spreads or midpoints before or after a moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from twssim.answers import Answer
from twssim.clock import moment
from twssim.contract_message import read_contract as read_message
from twssim.contracts import ContractQuery, Instrument
from twssim.families.tick_forms import body, has_none, history_fields
from twssim.family import Asked, Body, Family, Told, one_id
from twssim.history_pacing import Query as PacedQuery
from twssim.history_pacing import is_refused
from twssim.lookup import the_instrument
from twssim.requests import Request, RequestById
from twssim.streams import Stream
from twssim.tape import Tape, Tick
from twssim.tape_history import ticks_after, ticks_before
from twssim.text_contract import read_contract
from twssim.wire import Fields, message

if TYPE_CHECKING:
    from twssim.session import Session

MOST_TICKS = 1000
ANSWER_DELAY = 0.1
KINDS = {"TRADES": "Last", "BID_ASK": "BidAsk", "MIDPOINT": "MidPoint"}
_FORMS = {
    "Last": (98, "HistoricalTicksLast", "historicalTicksLast"),
    "AllLast": (98, "HistoricalTicksLast", "historicalTicksLast"),
    "BidAsk": (97, "HistoricalTicksBidAsk", "historicalTicksBidAsk"),
    "MidPoint": (96, "HistoricalTicks", "historicalTicks"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHistoricalTicks(Request):
    """reqHistoricalTicks; exactly one of `start` and `end`, as the client wrote it."""

    req_id: int
    contract: ContractQuery
    start: str
    end: str
    count: int
    what_to_show: str
    use_rth: bool
    ignore_size: bool


@dataclass(frozen=True, slots=True)
class CancelHistoricalTicks(RequestById):
    """cancelHistoricalTicks, from server version 215 on."""


@dataclass(frozen=True, slots=True)
class HistoricalTicks(Answer):
    """All ticks of a request, of the kind "Last", "BidAsk" or "MidPoint"."""

    req_id: int
    kind: str
    ticks: tuple[Tick, ...]


@dataclass(slots=True)
class Query(Stream):
    """A request that has not been answered yet."""


def _request(session: Session, request: RequestHistoricalTicks) -> None:
    if session.subscriptions.streams.get(Query, request.req_id):
        session.failed(request.req_id, f"Duplicate historical query id: {request.req_id}")
    elif bool(request.start) == bool(request.end):
        session.invalid(request.req_id, "Please specify either start or end date/time")
    elif not 0 < request.count <= MOST_TICKS:
        session.invalid(request.req_id, f"Number of ticks must be from 1 to {MOST_TICKS}")
    elif request.what_to_show not in KINDS:
        session.invalid(request.req_id, "What to show field is missing or incorrect.")
    else:
        instrument = the_instrument(session, request.req_id, request.contract)
        if instrument is not None:
            _query(session, request, instrument)


def _query(session: Session, request: RequestHistoricalTicks, instrument: Instrument) -> None:
    kind, written = KINDS[request.what_to_show], request.start or request.end
    try:
        when = moment(written, instrument.time_zone)
    except ValueError:
        session.invalid(request.req_id, f"Invalid date/time: {written}")
        return
    if has_none(instrument.sec_type, kind):
        what = f"No historical market data for {instrument.symbol}/{instrument.sec_type}@{instrument.exchange} {kind} 0"
        session.error(request.req_id, 10187, f"Failed to request historical ticks:{what}")
        return
    if is_refused(session, request.req_id, _paced(request, instrument)):
        return
    query, tape = (
        Query(request.req_id),
        Tape(session.gateway.market.listing(instrument.con_id), kind, not request.ignore_size),
    )
    session.subscriptions.streams.add(query)
    query.later(session.gateway.scheduler, ANSWER_DELAY, lambda: _answer(session, request, tape, when))


def _paced(request: RequestHistoricalTicks, instrument: Instrument) -> PacedQuery:
    """Ticks count as bars of 30 seconds and less do."""
    series = (instrument.con_id, request.contract.exchange, request.what_to_show)
    same = (*series, request.start, request.end, request.count, request.use_rth, request.ignore_size)
    return PacedQuery(same, series, 2 if request.what_to_show == "BID_ASK" else 1)


def _answer(session: Session, request: RequestHistoricalTicks, tape: Tape, when: float) -> None:
    calendar, now = session.gateway.calendar, session.gateway.now
    session.subscriptions.streams.close(Query, request.req_id)
    if request.start:
        found = ticks_after(calendar, tape, (when, now), request.count, request.use_rth)
    else:
        found = ticks_before(calendar, tape, min(when, now), request.count, request.use_rth)
    session.send(HistoricalTicks(request.req_id, tape.kind, tuple(found)))


def _cancel(session: Session, request: CancelHistoricalTicks) -> None:
    if not session.subscriptions.streams.close(Query, request.req_id):
        session.error(request.req_id, 366, f"No historical data query found for ticker id:{request.req_id}")


def _read(fields: Fields, version: int) -> RequestHistoricalTicks:
    req_id, contract = fields.integer(), read_contract(fields)
    fields.flag()
    start, end = fields.texts(2)
    return RequestHistoricalTicks(
        req_id=req_id,
        contract=contract,
        start=start,
        end=end,
        count=fields.integer(),
        what_to_show=fields.text(),
        use_rth=fields.flag(),
        ignore_size=fields.flag(),
    )


def _read_message(m: Any) -> RequestHistoricalTicks:
    return RequestHistoricalTicks(
        req_id=m.reqId,
        contract=read_message(m.contract),
        start=m.startDateTime,
        end=m.endDateTime,
        count=m.numberOfTicks,
        what_to_show=m.whatToShow,
        use_rth=m.useRTH,
        ignore_size=m.ignoreSize,
    )


def _text(answer: HistoricalTicks, version: int) -> bytes:
    message_id, _, _ = _FORMS[answer.kind]
    ticks = [value for tick in answer.ticks for value in history_fields(tick)]
    return message(message_id, answer.req_id, len(answer.ticks), *ticks, True)


def _body(answer: HistoricalTicks) -> Body:
    message_id, kind, ticks = _FORMS[answer.kind]
    return Body(
        message_id, kind, {"reqId": answer.req_id, ticks: [body(tick) for tick in answer.ticks], "isDone": True}
    )


FAMILY = Family(
    asked=(
        Asked(96, RequestHistoricalTicks, _read, _read_message, _request),
        replace(one_id(107, CancelHistoricalTicks, _cancel), text=None),
    ),
    told=(Told(HistoricalTicks, 208, _text, _body),),
)
