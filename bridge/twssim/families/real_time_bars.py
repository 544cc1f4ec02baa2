"""reqRealTimeBars: one bar of five seconds after another."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

from twssim.answers import Answer
from twssim.contract_message import read_contract as read_message
from twssim.contracts import ContractQuery, Instrument
from twssim.family import Asked, Body, Family, Told, one_id
from twssim.history import Bar, bar
from twssim.history_windows import Window
from twssim.lookup import the_instrument
from twssim.requests import Request, RequestById
from twssim.streams import Line
from twssim.text_contract import read_contract
from twssim.wire import Fields, Value, message

if TYPE_CHECKING:
    from twssim.session import Session

REAL_TIME_BARS = 50
SECONDS = 5
KINDS = ("TRADES", "MIDPOINT", "BID", "ASK")
INVALID = "Invalid Real-time Query:"


@dataclass(frozen=True, slots=True)
class RequestRealTimeBars(Request):
    """reqRealTimeBars; the only bar size is 5 seconds."""

    req_id: int
    contract: ContractQuery
    bar_size: int
    what_to_show: str
    use_rth: bool


@dataclass(frozen=True, slots=True)
class CancelRealTimeBars(RequestById):
    """cancelRealTimeBars."""


@dataclass(frozen=True, slots=True)
class RealTimeBar(Answer):
    """The bar that has just ended; its time is when it began."""

    req_id: int
    bar: Bar


@dataclass(slots=True)
class Bars(Line):
    """One subscription."""

    what_to_show: str
    use_rth: bool


def _request(session: Session, request: RequestRealTimeBars) -> None:
    streams, settings = session.subscriptions.streams, session.gateway.settings
    if streams.get(Bars, request.req_id):
        session.failed(request.req_id, "Duplicate ticker ID")
        return
    instrument = the_instrument(session, request.req_id, request.contract)
    if instrument is None:
        return
    if sum(len(each.subscriptions.streams.of(Bars)) for each in session.gateway.sessions) >= settings.market_data_lines:
        session.error(request.req_id, 456, "Max number of real-time bars requests has been reached.")
        return
    refusal = _refusal(session, request, instrument)
    if refusal:
        session.error(request.req_id, 420, INVALID + refusal)
        return
    bars = Bars(request.req_id, instrument, request.what_to_show, request.use_rth)
    streams.add(bars)
    _wait(session, bars)


def _refusal(session: Session, request: RequestRealTimeBars, instrument: Instrument) -> str:
    """Why TWS would not serve this query, "" if it would. Every query counts for the pacing."""
    trades = request.what_to_show == "TRADES"
    if request.what_to_show not in KINDS or request.bar_size not in (0, SECONDS):
        return f"{request.what_to_show} bars of {request.bar_size} seconds are not supported"
    permitted = session.gateway.settings.market_data == "live"
    if not permitted or (instrument.sec_type == "CASH" and trades) or (instrument.sec_type == "IND" and not trades):
        return f"No market data permissions for {instrument.exchange} {instrument.sec_type}"
    if not session.gateway.pacing.allows("real time bars", session.gateway.settings.real_time_bars_in_ten_minutes):
        session.gateway.ledger.append("pacing", client_id=session.client_id, req_id=request.req_id)
        return "Historical data request pacing violation"
    return ""


def _wait(session: Session, bars: Bars) -> None:
    """Until the next full five seconds."""
    scheduler = session.gateway.scheduler
    end = float((floor(scheduler.now) // SECONDS + 1) * SECONDS)
    bars.later(scheduler, end - scheduler.now, lambda: _send(session, bars, end))


def _send(session: Session, bars: Bars, end: float) -> None:
    gateway, instrument = session.gateway, bars.instrument
    _wait(session, bars)
    trading = gateway.calendar.session_at(instrument, end - SECONDS)
    closed = trading.liquid_end if bars.use_rth else trading.end
    opened = trading.liquid_start if bars.use_rth else trading.start
    if not session.congested and opened <= end - SECONDS < closed:
        listing = gateway.market.listing(instrument.con_id)
        window = Window(trading.date, end - SECONDS, end)
        session.send(RealTimeBar(bars.req_id, bar(listing, bars.what_to_show, None, [window])))


def _cancel(session: Session, request: CancelRealTimeBars) -> None:
    if not session.subscriptions.streams.close(Bars, request.req_id):
        session.error(request.req_id, 300, f"Can't find EId with tickerId:{request.req_id}")


def _read(fields: Fields, version: int) -> RequestRealTimeBars:
    fields.text()
    return RequestRealTimeBars(fields.integer(), read_contract(fields), fields.integer(), fields.text(), fields.flag())


def _text(answer: RealTimeBar, version: int) -> bytes:
    made = answer.bar
    prices: tuple[Value, ...] = (made.open, made.high, made.low, made.close)
    return message(REAL_TIME_BARS, 3, answer.req_id, int(made.time), *prices, made.volume, made.wap, made.count)


def _body(answer: RealTimeBar) -> Body:
    made = answer.bar
    fields = {
        "reqId": answer.req_id,
        "time": int(made.time),
        "open": made.open,
        "high": made.high,
        "low": made.low,
        "close": made.close,
        "volume": made.volume,
        "WAP": made.wap,
        "count": made.count,
    }
    return Body(REAL_TIME_BARS, "RealTimeBarTick", fields)


FAMILY = Family(
    asked=(
        Asked(
            50,
            RequestRealTimeBars,
            _read,
            lambda m: RequestRealTimeBars(m.reqId, read_message(m.contract), m.barSize, m.whatToShow, m.useRTH),
            _request,
        ),
        one_id(51, CancelRealTimeBars, _cancel),
    ),
    told=(Told(RealTimeBar, 208, _text, _body),),
)
