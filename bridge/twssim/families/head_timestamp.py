"""reqHeadTimeStamp: when the history of an instrument begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from twssim.answers import Answer
from twssim.contract_message import read_contract as read_message
from twssim.contracts import ContractQuery, Instrument
from twssim.family import Asked, Body, Family, Told, one_id, plain
from twssim.history_request import HistoryError, HistoryRequest, check
from twssim.history_windows import head
from twssim.lookup import the_instrument
from twssim.requests import Request, RequestById
from twssim.streams import Stream
from twssim.text_contract import read_contract
from twssim.wire import Fields

if TYPE_CHECKING:
    from twssim.session import Session

HEAD_TIMESTAMP = 88
ANSWER_DELAY = 0.1
EPOCH_SECONDS = 2
SINCE_Z_SUFFIX = 214


@dataclass(frozen=True, slots=True)
class RequestHeadTimestamp(Request):
    """reqHeadTimeStamp; format 2 is epoch seconds, everything else a date and time in UTC."""

    req_id: int
    contract: ContractQuery
    what_to_show: str
    use_rth: bool
    format_date: int


@dataclass(frozen=True, slots=True)
class CancelHeadTimestamp(RequestById):
    """cancelHeadTimeStamp."""


@dataclass(frozen=True, slots=True)
class HeadTimestamp(Answer):
    """The first moment with data, as it is written."""

    req_id: int
    written: str


@dataclass(slots=True)
class HeadQuery(Stream):
    """A request; clients cancel it after its answer, too, so it stays known until then."""

    answered: bool = field(default=False, kw_only=True)


def _request(session: Session, request: RequestHeadTimestamp) -> None:
    streams = session.subscriptions.streams
    known = streams.get(HeadQuery, request.req_id)
    if known and not known.answered:
        session.invalid(request.req_id, f"Duplicate head time stamp query id: {request.req_id}")
        return
    instrument = the_instrument(session, request.req_id, request.contract)
    if instrument is None:
        return
    try:
        check(instrument, HistoryRequest(0.0, "1 D", "1 day", request.what_to_show))
    except HistoryError as refusal:
        session.error(request.req_id, refusal.code, refusal.text)
        return

    def answer() -> None:
        query.answered = True
        session.send(HeadTimestamp(request.req_id, _written(session, request, instrument)))

    query = HeadQuery(request.req_id)
    streams.add(query)
    query.later(session.gateway.scheduler, ANSWER_DELAY, answer)


def _written(session: Session, request: RequestHeadTimestamp, instrument: Instrument) -> str:
    calendar, day = session.gateway.calendar, head(instrument)
    while not calendar.is_trading_day(instrument, day):
        day += timedelta(days=1)
    trading = calendar.session(instrument, day)
    began = trading.liquid_start if request.use_rth else trading.start
    if request.format_date == EPOCH_SECONDS:
        return str(int(began))
    suffix = "Z" if session.version >= SINCE_Z_SUFFIX else ""
    return f"{datetime.fromtimestamp(began, UTC):%Y%m%d-%H:%M:%S}{suffix}"


def _cancel(session: Session, request: CancelHeadTimestamp) -> None:
    if not session.subscriptions.streams.close(HeadQuery, request.req_id):
        session.error(request.req_id, 300, f"Can't find EId with tickerId:{request.req_id}")


def _read(fields: Fields, version: int) -> RequestHeadTimestamp:
    req_id, contract = fields.integer(), read_contract(fields)
    fields.flag()
    use_rth, what_to_show = fields.flag(), fields.text()
    return RequestHeadTimestamp(req_id, contract, what_to_show, use_rth, fields.integer())


FAMILY = Family(
    asked=(
        Asked(
            87,
            RequestHeadTimestamp,
            _read,
            lambda m: RequestHeadTimestamp(m.reqId, read_message(m.contract), m.whatToShow, m.useRTH, m.formatDate),
            _request,
        ),
        one_id(90, CancelHeadTimestamp, _cancel, versioned=False),
    ),
    told=(
        Told(
            HeadTimestamp,
            208,
            plain(HEAD_TIMESTAMP, lambda a: a.req_id, lambda a: a.written),
            lambda a: Body(HEAD_TIMESTAMP, "HeadTimestamp", {"reqId": a.req_id, "headTimestamp": a.written}),
        ),
    ),
)
