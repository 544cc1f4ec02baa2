"""reqMktDepth: the book of an exchange, with named makers (L2) or without, or of SMART."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from twssim.answers import Answer
from twssim.contract_message import read_contract as read_message
from twssim.contracts import ContractQuery, Instrument
from twssim.families.depth_exchanges import WITH_MAKERS, service_of
from twssim.family import Asked, Body, Family, Told
from twssim.lookup import the_instrument
from twssim.order_book import ASK, BID, Level, Step, levels, steps
from twssim.requests import Request
from twssim.streams import Stream
from twssim.text_contract import read_contract
from twssim.wire import Fields, message

if TYPE_CHECKING:
    from twssim.gateway import Gateway
    from twssim.session import Session

DEPTH, DEPTH_L2 = 12, 13
FEWEST_REQUESTS, MOST_REQUESTS = 3, 60
MAKERS = ("ARCX", "BATX", "EDGX", "IEXG", "MEMX", "NSDQ", "NYSE")
UNSUPPORTED_DEPTH = "Deep market data is not supported for this combination of security type/exchange"
RESET = "Market depth data has been RESET. Please empty deep book contents before applying any new entries."
HALTED = "Market depth data has been HALTED. Please re-subscribe."


@dataclass(frozen=True, slots=True)
class RequestDepth(Request):
    """reqMktDepth."""

    req_id: int
    contract: ContractQuery
    rows: int
    smart: bool


@dataclass(frozen=True, slots=True)
class CancelDepth(Request):
    """cancelMktDepth; `smart` has to be as in the request."""

    req_id: int
    smart: bool


@dataclass(frozen=True, slots=True)
class DepthUpdate(Answer):
    """One step of one side of a book without makers."""

    req_id: int
    side: int
    step: Step


@dataclass(frozen=True, slots=True)
class DepthUpdateL2(DepthUpdate):
    """One step of one side of a book with makers, which are exchanges in a SMART book."""

    smart: bool


@dataclass(slots=True)
class Book(Stream):
    """One subscription; `sent` are the sides the client has."""

    instrument: Instrument
    rows: int
    smart: bool
    makers: tuple[str, ...]
    sent: dict[int, list[Level]] = field(default_factory=lambda: {ASK: [], BID: []})


def allowance(lines: int) -> int:
    """How many books a login may have open: three for each hundred of its lines."""
    return min(MOST_REQUESTS, max(FEWEST_REQUESTS, lines * 3 // 100))


def _request(session: Session, request: RequestDepth) -> None:
    gateway = session.gateway
    if session.subscriptions.streams.get(Book, request.req_id):
        session.failed(request.req_id, "Duplicate ticker ID")
        return
    if request.rows <= 0:
        session.invalid(request.req_id, f"Invalid number of rows: {request.rows}")
        return
    instrument = the_instrument(session, request.req_id, request.contract)
    if instrument is None:
        return
    if gateway.settings.market_data != "live":
        session.error(request.req_id, 354, "Requested market data is not subscribed.")
        return
    most = allowance(gateway.settings.market_data_lines)
    if sum(len(each.subscriptions.streams.of(Book)) for each in gateway.sessions) >= most:
        session.error(request.req_id, 309, f"Max number ({most}) of market depth requests has been reached")
        return
    service = service_of(instrument)
    smart = request.smart and instrument.exchange == "SMART" and instrument.sec_type == "STK"
    if not service and not smart:
        session.error(request.req_id, 10092, UNSUPPORTED_DEPTH)
        return
    exchanges = tuple(name for name in instrument.valid_exchanges.split(",") if name != "SMART")
    makers = exchanges if smart else MAKERS if service == WITH_MAKERS else ()
    _open(session, Book(request.req_id, instrument, request.rows, request.smart, makers))


def _open(session: Session, book: Book) -> None:
    scheduler, settings = session.gateway.scheduler, session.gateway.settings
    session.subscriptions.streams.add(book)

    def begin() -> None:
        if book.instrument.exchange == "SMART":
            session.error(book.req_id, 2152, f"Exchanges - Depth: {'; '.join(book.makers)}; ")
        book.every(scheduler, settings.tick_interval, lambda: _update(session, book))
        _update(session, book)

    book.later(scheduler, settings.answer_delay, begin)


def _update(session: Session, book: Book) -> None:
    """Send what changed; a client that does not read gets the newest book later."""
    if session.congested:
        return
    market, con_id = session.gateway.market, book.instrument.con_id
    quote, listing = market.quote(con_id, session.gateway.now), market.listing(con_id)
    for side in (ASK, BID):
        now = levels(listing, quote, side, book.rows, book.makers)
        for step in steps(book.sent[side], now):
            session.send(_told(book, side, step))
        book.sent[side] = now


def _told(book: Book, side: int, step: Step) -> DepthUpdate:
    if book.makers:
        return DepthUpdateL2(book.req_id, side, step, book.smart)
    return DepthUpdate(book.req_id, side, step)


def _cancel(session: Session, request: CancelDepth) -> None:
    streams = session.subscriptions.streams
    book = streams.get(Book, request.req_id)
    if book is None or book.smart != request.smart:
        session.error(request.req_id, 310, f"Can't find the subscribed market depth with tickerId:{request.req_id}")
        return
    streams.close(Book, request.req_id)


def reset(gateway: Gateway) -> None:
    """Every book begins anew after notice 317, as when a data farm comes back."""
    for session in gateway.sessions:
        for book in session.subscriptions.streams.of(Book):
            session.error(book.req_id, 317, RESET)
            book.sent = {ASK: [], BID: []}


def halt(gateway: Gateway) -> None:
    """Every book ends with error 316; its client has to subscribe again."""
    for session in gateway.sessions:
        for book in session.subscriptions.streams.of(Book):
            session.subscriptions.streams.close(Book, book.req_id)
            session.error(book.req_id, 316, HALTED)


def _read(fields: Fields, version: int) -> RequestDepth:
    fields.text()
    return RequestDepth(fields.integer(), read_contract(fields), fields.integer(), fields.flag())


def _read_cancel(fields: Fields, version: int) -> CancelDepth:
    fields.text()
    return CancelDepth(fields.integer(), fields.flag())


def _text(answer: DepthUpdate, version: int) -> bytes:
    step, level = answer.step, answer.step.level
    where = (step.operation, answer.side, level.price, level.size)
    if isinstance(answer, DepthUpdateL2):
        return message(DEPTH_L2, 1, answer.req_id, step.position, level.maker, *where, answer.smart)
    return message(DEPTH, 1, answer.req_id, step.position, *where)


def _body(answer: DepthUpdate) -> Body:
    step, level = answer.step, answer.step.level
    changed: dict[str, Any] = {
        "position": step.position,
        "operation": step.operation,
        "side": answer.side,
        "price": level.price,
        "size": level.size,
    }
    fields = {"reqId": answer.req_id, "marketDepthData": changed}
    if isinstance(answer, DepthUpdateL2):
        changed |= {"marketMaker": level.maker, "isSmartDepth": answer.smart}
        return Body(DEPTH_L2, "MarketDepthL2", fields)
    return Body(DEPTH, "MarketDepth", fields)


FAMILY = Family(
    asked=(
        Asked(
            10,
            RequestDepth,
            _read,
            lambda m: RequestDepth(m.reqId, read_message(m.contract), m.numRows, m.isSmartDepth),
            _request,
        ),
        Asked(11, CancelDepth, _read_cancel, lambda m: CancelDepth(m.reqId, m.isSmartDepth), _cancel),
    ),
    told=(Told(DepthUpdate, 206, _text, _body), Told(DepthUpdateL2, 206, _text, _body)),
)
