"""reqTickByTickData: every trade, spread or midpoint as it happens, on request after the latest ones."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from twssim.answers import Answer
from twssim.contract_message import read_contract as read_message
from twssim.contracts import ContractQuery, Instrument
from twssim.families.historical_ticks import MOST_TICKS, HistoricalTicks
from twssim.families.tick_forms import body, has_none, live_fields
from twssim.family import Asked, Body, Family, Told, one_id
from twssim.lines import line_is_free
from twssim.lookup import the_instrument
from twssim.requests import Request, RequestById
from twssim.streams import Line
from twssim.tape import PER_SECOND, Reel, Tape, Tick
from twssim.tape_history import ticks_before
from twssim.text_contract import read_contract
from twssim.wire import Fields, message

if TYPE_CHECKING:
    from twssim.session import Session

TICK_BY_TICK = 99
NUMBERS = {"Last": 1, "AllLast": 2, "BidAsk": 3, "MidPoint": 4}
_FIELDS = {1: "historicalTickLast", 2: "historicalTickLast", 3: "historicalTickBidAsk", 4: "historicalTickMidPoint"}
TOO_MANY = "Max number of tick-by-tick requests has been reached."
FAILED = "Failed to request tick-by-tick data:"
AGAIN_AFTER = 15.0
"""Seconds between two requests for one instrument. What TWS answers sooner is not documented: it is only recorded."""
LONGEST_SILENCE = 60 * PER_SECOND
"""How much of the tape a client that did not read is given at most when it reads again."""


@dataclass(frozen=True, slots=True)
class RequestTickByTick(Request):
    """reqTickByTickData; first the latest `count` ticks, 0 for none."""

    req_id: int
    contract: ContractQuery
    kind: str
    count: int
    ignore_size: bool


@dataclass(frozen=True, slots=True)
class CancelTickByTick(RequestById):
    """cancelTickByTickData."""


@dataclass(frozen=True, slots=True)
class TickByTick(Answer):
    """One tick; `number` is 1 Last, 2 AllLast, 3 BidAsk, 4 MidPoint."""

    req_id: int
    number: int
    tick: Tick


@dataclass(slots=True)
class Ticker(Line):
    """One subscription; `sent` is the last moment that the client knows."""

    tape: Tape
    sent: int = 0


def _request(session: Session, request: RequestTickByTick) -> None:
    gateway = session.gateway
    if session.subscriptions.streams.get(Ticker, request.req_id):
        session.failed(request.req_id, "Duplicate ticker ID")
        return
    if request.kind not in NUMBERS or not 0 <= request.count <= MOST_TICKS:
        session.invalid(request.req_id, f"Invalid tick type or number of ticks: {request.kind} {request.count}")
        return
    instrument = the_instrument(session, request.req_id, request.contract)
    if instrument is None:
        return
    if gateway.settings.market_data != "live":
        where = f"No market data permissions for {instrument.exchange} {instrument.sec_type}"
        session.error(request.req_id, 10189, FAILED + where)
    elif instrument.sec_type == "OPT" or has_none(instrument.sec_type, request.kind):
        what = f"{request.kind} tick-by-tick requests are not supported for {instrument.local_symbol}"
        session.error(request.req_id, 10189, FAILED + what)
    elif sum(len(each.subscriptions.streams.of(Ticker)) for each in gateway.sessions) >= allowance(session):
        session.error(request.req_id, 10190, TOO_MANY)
    elif line_is_free(session, request.req_id, instrument):
        _open(session, request, instrument)


def allowance(session: Session) -> int:
    """How many tick-by-tick streams a login may have: a twentieth of its lines."""
    return max(1, session.gateway.settings.market_data_lines // 20)


def _open(session: Session, request: RequestTickByTick, instrument: Instrument) -> None:
    gateway = session.gateway
    if not gateway.pacing.allows(f"ticks of {instrument.con_id}", 1, AGAIN_AFTER):
        gateway.ledger.append("pacing", client_id=session.client_id, req_id=request.req_id)
    tape = Tape(gateway.market.listing(instrument.con_id), request.kind, not request.ignore_size)
    ticker = Ticker(request.req_id, instrument, tape)
    session.subscriptions.streams.add(ticker)

    def begin() -> None:
        ticker.sent = ceil(gateway.now * PER_SECOND) - 1
        if request.count:
            latest = ticks_before(gateway.calendar, tape, gateway.now, request.count, use_rth=False)
            session.send(HistoricalTicks(request.req_id, request.kind, tuple(latest)))
        ticker.every(gateway.scheduler, gateway.settings.tick_interval, lambda: _update(session, ticker))

    ticker.later(gateway.scheduler, gateway.settings.answer_delay, begin)


def _update(session: Session, ticker: Ticker) -> None:
    """Send what happened since the last time, unless the client does not read or the market is closed."""
    gateway, instrument = session.gateway, ticker.instrument
    now = floor(gateway.now * PER_SECOND)
    if session.congested:
        return
    trading = gateway.calendar.session_at(instrument, gateway.now)
    first = max(ticker.sent + 1, now - LONGEST_SILENCE, floor(trading.start * PER_SECOND))
    last = min(now, floor(trading.end * PER_SECOND) - 1)
    ticker.sent = now
    if first <= last:
        for tick in ticker.tape.ticks(Reel(trading.start, first, last)):
            session.send(TickByTick(ticker.req_id, NUMBERS[ticker.tape.kind], tick))


def _cancel(session: Session, request: CancelTickByTick) -> None:
    if not session.subscriptions.streams.close(Ticker, request.req_id):
        session.error(request.req_id, 300, f"Can't find EId with tickerId:{request.req_id}")


def _read(fields: Fields, version: int) -> RequestTickByTick:
    return RequestTickByTick(fields.integer(), read_contract(fields), fields.text(), fields.integer(), fields.flag())


def _text(answer: TickByTick, version: int) -> bytes:
    return message(TICK_BY_TICK, answer.req_id, answer.number, *live_fields(answer.tick))


def _body(answer: TickByTick) -> Body:
    fields = {"reqId": answer.req_id, "tickType": answer.number, _FIELDS[answer.number]: body(answer.tick)}
    return Body(TICK_BY_TICK, "TickByTickData", fields)


FAMILY = Family(
    asked=(
        Asked(
            97,
            RequestTickByTick,
            _read,
            lambda m: RequestTickByTick(m.reqId, read_message(m.contract), m.tickType, m.numberOfTicks, m.ignoreSize),
            _request,
        ),
        one_id(98, CancelTickByTick, _cancel, versioned=False),
    ),
    told=(Told(TickByTick, 208, _text, _body),),
)
