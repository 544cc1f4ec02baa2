"""The answer to reqHistoricalData for SCHEDULE: the sessions of a period instead of its bars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from twssim.answers import Answer
from twssim.calendar import Calendar, local_date, zone_of
from twssim.contracts import Instrument
from twssim.family import Body, Family, Told
from twssim.history_request import HistoryRequest, duration_of, invalid
from twssim.history_windows import reach, windows_back
from twssim.wire import message

HISTORICAL_SCHEDULE = 106
SCHEDULE = "SCHEDULE"
ONLY_DAYS = "Only daily resolution (1 day bars) is allowed for historical schedule requests."


@dataclass(frozen=True, slots=True)
class TradingSession:
    """One session; its times are those of the instrument's zone."""

    start: str
    end: str
    date: str


@dataclass(frozen=True, slots=True)
class HistoricalSchedule(Answer):
    """Every session of the period, oldest first."""

    req_id: int
    zone: str
    sessions: tuple[TradingSession, ...]


def schedule(calendar: Calendar, instrument: Instrument, req_id: int, request: HistoryRequest) -> HistoricalSchedule:
    """The sessions that a request covers; HistoryError 321 for anything but daily bars."""
    if request.bar_size != "1 day":
        raise invalid(ONLY_DAYS)
    windows = windows_back(calendar, instrument, request.end, request.use_rth)
    covered = reach(windows, duration_of(request.duration), local_date(instrument, request.end)).windows
    zone = zone_of(instrument.time_zone)
    sessions = []
    for window in covered:
        day = calendar.session(instrument, window.date)
        times = (day.liquid_start, day.liquid_end) if request.use_rth else (day.start, day.end)
        start, end = (f"{datetime.fromtimestamp(each, zone):%Y%m%d-%H:%M:%S}" for each in times)
        sessions.append(TradingSession(start, end, f"{window.date:%Y%m%d}"))
    return HistoricalSchedule(req_id, instrument.time_zone, tuple(sessions))


def _ends(answer: HistoricalSchedule) -> tuple[str, str]:
    sessions = answer.sessions
    return (sessions[0].start, sessions[-1].end) if sessions else ("", "")


def _text(answer: HistoricalSchedule, version: int) -> bytes:
    rows = [value for each in answer.sessions for value in (each.start, each.end, each.date)]
    return message(HISTORICAL_SCHEDULE, answer.req_id, *_ends(answer), answer.zone, len(answer.sessions), *rows)


def _body(answer: HistoricalSchedule) -> Body:
    start, end = _ends(answer)
    rows = [{"startDateTime": each.start, "endDateTime": each.end, "refDate": each.date} for each in answer.sessions]
    fields = {"reqId": answer.req_id, "startDateTime": start, "endDateTime": end, "timeZone": answer.zone}
    return Body(HISTORICAL_SCHEDULE, "HistoricalSchedule", {**fields, "historicalSessions": rows})


FAMILY = Family(asked=(), told=(Told(HistoricalSchedule, 208, _text, _body),))
