"""Handlers of historical bars: one batch, or with keepUpToDate a batch and its continuation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from twssim import requests as req
from twssim.answers import HistoricalBar, HistoricalBars, HistoricalBarUpdate
from twssim.clock import moment, stamp
from twssim.contracts import Instrument
from twssim.families.historical_schedule import SCHEDULE, schedule
from twssim.history import Bar, HistoryError, HistoryRequest, historical_bars
from twssim.history_pacing import Query, is_refused, small_bars
from twssim.lookup import the_instrument
from twssim.session import Session

ANSWER_DELAY = 0.1
UPDATE_INTERVAL = 5.0
SERVICE = "Historical Market Data Service error message:"
NO_ZONE = (
    "Warning: the request has a date and time without an explicit time zone. "
    "Use yyyymmdd-hh:mm:ss in UTC or the time zone of the instrument."
)


def _historical_bars(session: Session, request: req.RequestHistoricalBars) -> None:
    if request.req_id in session.subscriptions.bars:
        session.failed(request.req_id, f"Duplicate historical query id: {request.req_id}")
    elif request.keep_up_to_date and request.end:
        session.invalid(request.req_id, "End Date/Time must be empty when keepUpToDate is set")
    else:
        instrument = the_instrument(session, request.req_id, request.contract)
        if instrument is not None:
            _query(session, request, instrument)


def _query(session: Session, request: req.RequestHistoricalBars, instrument: Instrument) -> None:
    try:
        end = moment(request.end, instrument.time_zone) if request.end else None
    except ValueError:
        session.invalid(request.req_id, f"Invalid end date/time: {request.end}")
        return
    if len(request.end.split()) == 2:
        session.error(request.req_id, 2174, NO_ZONE)
    if is_refused(session, request.req_id, _paced(request, instrument)):
        return
    scheduler = session.gateway.scheduler
    session.subscriptions.bars[request.req_id] = scheduler.after(
        ANSWER_DELAY, lambda: _answer(session, request, instrument, end)
    )


def _paced(request: req.RequestHistoricalBars, instrument: Instrument) -> Query | None:
    """What the pacing rules say something about: small bars."""
    if not small_bars(request.bar_size):
        return None
    series = (instrument.con_id, request.contract.exchange, request.what_to_show)
    same = (*series, request.end, request.duration, request.bar_size, request.use_rth)
    return Query(same, series, 2 if request.what_to_show == "BID_ASK" else 1)


def _answer(
    session: Session,
    request: req.RequestHistoricalBars,
    instrument: Instrument,
    end: float | None,
) -> None:
    last = session.gateway.now if end is None else end
    try:
        if request.what_to_show == SCHEDULE:
            _schedule(session, request, instrument, last)
            return
        bars = _bars(session, request, instrument, last)
    except HistoryError as reason:
        del session.subscriptions.bars[request.req_id]
        session.error(request.req_id, reason.code, reason.text)
        return
    written = tuple(_written(bar, instrument, request) for bar in bars)
    start = stamp(bars[0].time, instrument.time_zone)
    finish = stamp(last, instrument.time_zone)
    session.send(HistoricalBars(request.req_id, written, start, finish))
    del session.subscriptions.bars[request.req_id]
    if request.keep_up_to_date:
        _continue(session, request, instrument)


def _schedule(session: Session, request: req.RequestHistoricalBars, instrument: Instrument, end: float) -> None:
    wanted = HistoryRequest(end, request.duration, request.bar_size, SCHEDULE, request.use_rth)
    answer = schedule(session.gateway.calendar, instrument, request.req_id, wanted)
    del session.subscriptions.bars[request.req_id]
    session.send(answer)


def _bars(session: Session, request: req.RequestHistoricalBars, instrument: Instrument, end: float) -> list[Bar]:
    gateway = session.gateway
    query = HistoryRequest(
        end,
        request.duration,
        request.bar_size,
        request.what_to_show,
        request.use_rth,
        gateway.now,
    )
    return historical_bars(gateway.market, gateway.calendar, instrument, query)


def _written(bar: Bar, instrument: Instrument, request: req.RequestHistoricalBars) -> HistoricalBar:
    exponent = instrument.min_tick.normalize().as_tuple().exponent
    half_tick = request.what_to_show == "MIDPOINT"
    decimals = max(-int(exponent), 2) + half_tick

    def price(value: float) -> str:
        return f"{value:.{decimals}f}"

    if bar.date is not None:
        time = f"{bar.date:%Y%m%d}"
    elif request.format_date == 2:
        time = str(int(bar.time))
    else:
        time = stamp(bar.time, instrument.time_zone)
    return HistoricalBar(
        time=time,
        open=price(bar.open),
        high=price(bar.high),
        low=price(bar.low),
        close=price(bar.close),
        volume=bar.volume,
        wap=f"{bar.wap:.{decimals + 1}f}",
        count=bar.count,
    )


def _continue(session: Session, request: req.RequestHistoricalBars, instrument: Instrument) -> None:
    """Send the newest bar every few seconds until the client cancels."""
    by_day = any(unit in request.bar_size for unit in ("day", "week", "month"))
    newest = replace(request, duration="1 M" if by_day else "60 S")

    def update() -> None:
        bars = _bars(session, newest, instrument, session.gateway.now)
        last = _written(bars[-1], instrument, request)
        session.send(HistoricalBarUpdate(request.req_id, last))
        again()

    def again() -> None:
        timer = session.gateway.scheduler.after(UPDATE_INTERVAL, update)
        session.subscriptions.bars[request.req_id] = timer

    again()


def _cancel(session: Session, request: req.CancelHistoricalBars) -> None:
    req_id = request.req_id
    timer = session.subscriptions.bars.pop(req_id, None)
    if timer is None:
        session.error(req_id, 366, f"No historical data query found for ticker id:{req_id}")
        return
    timer.cancel()
    session.error(req_id, 162, f"{SERVICE}API historical data query cancelled: {req_id}")


HANDLERS: dict[type, Callable[[Session, Any], None]] = {
    req.RequestHistoricalBars: _historical_bars,
    req.CancelHistoricalBars: _cancel,
}
