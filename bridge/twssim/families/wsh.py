"""Wall Street Horizon's calendar of corporate events: first what there is, then the events themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from twssim.answers import Answer
from twssim.corporate_events import Filter, FilterUnreadable, events_json, meta_json, read_filter
from twssim.family import Asked, Body, Family, Told, later, one_id, plain
from twssim.requests import Request, RequestById
from twssim.streams import Stream
from twssim.wire import UNSET_INTEGER, Fields

if TYPE_CHECKING:
    from twssim.session import Session

WSH_META_DATA, WSH_EVENT_DATA = 104, 105
FILTERS_SINCE, DATES_SINCE = 171, 173
DEFAULT_LIMIT = 100


@dataclass(frozen=True, slots=True)
class RequestWshMetaData(RequestById):
    """reqWshMetaData."""


@dataclass(frozen=True, slots=True)
class CancelWshMetaData(RequestById):
    """cancelWshMetaData."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWshEventData(Request):
    """reqWshEventData: events of one contract, of a JSON filter, of the portfolio."""

    req_id: int
    con_id: int | None
    filter: str = ""
    fill_watchlist: bool = False
    fill_portfolio: bool = False
    fill_competitors: bool = False
    start_date: str = ""
    end_date: str = ""
    total_limit: int | None = None


@dataclass(frozen=True, slots=True)
class CancelWshEventData(RequestById):
    """cancelWshEventData."""


@dataclass(frozen=True, slots=True)
class WshMetaData(Answer):
    """What kinds of events there are and how to filter them, as JSON."""

    req_id: int
    json: str


@dataclass(frozen=True, slots=True)
class WshEventData(Answer):
    """Events, as JSON."""

    req_id: int
    json: str


@dataclass(slots=True)
class MetaDataWanted(Stream):
    """A request for meta data that has not been answered yet."""


@dataclass(slots=True)
class Described(Stream):
    """A connection that has the meta data may ask for events from then on."""


@dataclass(slots=True)
class EventsWanted(Stream):
    """The one request for events that a connection may have open."""


def _meta_data(session: Session, request: RequestWshMetaData) -> None:
    streams = session.subscriptions.streams
    if streams.of(MetaDataWanted):
        session.error(request.req_id, 10278, "Duplicate WSH metadata request")
        return
    streams.add(MetaDataWanted(request.req_id))

    def answer() -> None:
        if streams.close(MetaDataWanted, request.req_id):
            streams.add(Described(request.req_id))
            session.send(WshMetaData(request.req_id, meta_json()))

    later(session, answer)


def _cancel_meta_data(session: Session, request: CancelWshMetaData) -> None:
    if not session.subscriptions.streams.close(MetaDataWanted, request.req_id):
        session.error(request.req_id, 10280, "Failed to cancel WSH metadata: there is no such request")


def _event_data(session: Session, request: RequestWshEventData) -> None:
    streams = session.subscriptions.streams
    if not streams.of(Described):
        session.error(request.req_id, 10282, "WSH metadata must be requested first")
        return
    if streams.of(EventsWanted):
        session.error(request.req_id, 10281, "Duplicate WSH event request")
        return
    try:
        wanted = _wanted(session, request)
    except FilterUnreadable as reason:
        session.error(request.req_id, 10283, f"Failed to request WSH events: {reason}")
        return
    streams.add(EventsWanted(request.req_id))

    def answer() -> None:
        if streams.close(EventsWanted, request.req_id):
            gateway = session.gateway
            session.send(WshEventData(request.req_id, events_json(gateway.universe, wanted, gateway.now)))

    later(session, answer)


def _wanted(session: Session, request: RequestWshEventData) -> Filter:
    """Which contracts, dates and kinds; raises FilterUnreadable."""
    gateway = session.gateway
    wanted = read_filter(request.filter) if request.filter else Filter((request.con_id or 0,))
    held = [con_id for each in gateway.accounts.values() for con_id, kept in each.positions.items() if kept.quantity]
    con_ids = (*wanted.con_ids, *(held if request.fill_portfolio or wanted.portfolio else ()))
    if not any(gateway.universe.by_con_id(each) for each in con_ids) and not (request.filter or held):
        raise FilterUnreadable("no contract is given")
    return Filter(
        con_ids=con_ids,
        kinds=wanted.kinds,
        start=request.start_date,
        end=request.end_date,
        limit=request.total_limit or wanted.limit or DEFAULT_LIMIT,
    )


def _cancel_event_data(session: Session, request: CancelWshEventData) -> None:
    if not session.subscriptions.streams.close(EventsWanted, request.req_id):
        session.error(request.req_id, 10284, "Failed to cancel WSH events: there is no such request")


def _read(fields: Fields, version: int) -> Request:
    """Filters came with server version 171, dates and a limit with 173."""
    req_id, con_id = fields.integer(), _set(fields.integer())
    if version < FILTERS_SINCE:
        return RequestWshEventData(req_id=req_id, con_id=con_id)
    flags: dict[str, Any] = {"filter": fields.text()} | {name: fields.flag() for name in _FLAGS}
    wanted = RequestWshEventData(req_id=req_id, con_id=con_id, **flags)
    if version < DATES_SINCE:
        return wanted
    start, end = fields.texts(2)
    return replace(wanted, start_date=start, end_date=end, total_limit=_set(fields.integer()))


def _set(number: int) -> int | None:
    return None if number == UNSET_INTEGER else number


def _parse(m: object) -> Request:
    wanted = {each: getattr(m, name) for each, name in _NAMES.items()}
    return RequestWshEventData(**wanted)


_FLAGS = ("fill_watchlist", "fill_portfolio", "fill_competitors")
_NAMES = {
    "req_id": "reqId",
    "con_id": "conId",
    "filter": "filter",
    "fill_watchlist": "fillWatchlist",
    "fill_portfolio": "fillPortfolio",
    "fill_competitors": "fillCompetitors",
    "start_date": "startDate",
    "end_date": "endDate",
    "total_limit": "totalLimit",
}

_JSON = (lambda a: a.req_id, lambda a: a.json)

FAMILY = Family(
    asked=(
        one_id(100, RequestWshMetaData, _meta_data, versioned=False),
        one_id(101, CancelWshMetaData, _cancel_meta_data, versioned=False),
        Asked(102, RequestWshEventData, _read, _parse, _event_data),
        one_id(103, CancelWshEventData, _cancel_event_data, versioned=False),
    ),
    told=(
        Told(
            WshMetaData,
            209,
            plain(WSH_META_DATA, *_JSON),
            lambda a: Body(WSH_META_DATA, "WshMetaData", {"reqId": a.req_id, "dataJson": a.json}),
        ),
        Told(
            WshEventData,
            209,
            plain(WSH_EVENT_DATA, *_JSON),
            lambda a: Body(WSH_EVENT_DATA, "WshEventData", {"reqId": a.req_id, "dataJson": a.json}),
        ),
    ),
)
