"""Which stretches of trading a request for historical bars covers, and how bars divide them."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from math import floor, inf
from typing import NamedTuple

from twssim.calendar import Calendar, Session, zone_of
from twssim.contracts import Instrument
from twssim.history_request import CALENDAR_BARS, Duration

HISTORY_START = date(2012, 1, 3)
"""The first day of history; futures and options begin two years before they expire."""


class Window(NamedTuple):
    """A stretch within the session of that date, epoch seconds; `end` is excluded."""

    date: date
    start: float
    end: float


class Reach(NamedTuple):
    """Windows, oldest first, of which only what lies after `since` is wanted."""

    windows: list[Window]
    since: float = -inf

    def seconds(self) -> float:
        """How much trading this is."""
        return sum(window.end - max(window.start, self.since) for window in self.windows)


def head(instrument: Instrument) -> date:
    """The first date with historical data."""
    text = instrument.last_trade_date
    return date(int(text[:4]) - 2, int(text[4:6]), 1) if text else HISTORY_START


def windows_back(calendar: Calendar, instrument: Instrument, end: float, use_rth: bool) -> Iterator[Window]:
    """The trading before `end`, one window per session, latest first, back to the head."""
    first = head(instrument)
    for session in calendar.sessions_back(instrument, end):
        if session.date < first:
            return
        window = _window(session, end, use_rth)
        if window.start < window.end:
            yield window


def _window(session: Session, end: float, use_rth: bool) -> Window:
    if use_rth:
        return Window(session.date, session.liquid_start, min(end, session.liquid_end))
    return Window(session.date, session.start, min(end, session.end))


def reach(windows: Iterable[Window], duration: Duration, last: date) -> Reach:
    """As far back as the duration says, seen from the date `last`; windows come latest first.

    Days count sessions and seconds count trading; weeks, months and years go by the calendar.
    """
    if duration.unit == "S":
        return _seconds(windows, duration.count)
    if duration.unit == "D":
        return Reach(list(islice(windows, duration.count))[::-1])
    first = _before(last, duration)
    return Reach(list(takewhile(lambda window: window.date > first, windows))[::-1])


def _seconds(windows: Iterable[Window], count: float) -> Reach:
    found: list[Window] = []
    for window in windows:
        found.insert(0, window)
        if window.end - window.start >= count:
            return Reach(found, window.end - count)
        count -= window.end - window.start
    return Reach(found)


def _before(last: date, duration: Duration) -> date:
    """The date so many weeks, months or years before."""
    if duration.unit == "W":
        return last - timedelta(weeks=duration.count)
    months = duration.count * (12 if duration.unit == "Y" else 1)
    year, month = divmod(last.year * 12 + last.month - 1 - months, 12)
    return date(year, month + 1, min(last.day, monthrange(year, month + 1)[1]))


def cut(instrument: Instrument, reached: Reach, seconds: int) -> Iterator[Window]:
    """Bars within a day; they begin at whole multiples of their size on the local clock."""
    for window in reached.windows:
        midnight = datetime.combine(window.date, time(), zone_of(instrument.time_zone)).timestamp()
        first = max(window.start, reached.since)
        start = midnight + floor((first - midnight) / seconds) * seconds
        while start < window.end:
            end = min(start + seconds, window.end)
            yield Window(window.date, max(start, window.start), end)
            start += seconds


def periods(calendar: Calendar, instrument: Instrument, windows: list[Window], bar_size: str) -> list[list[Window]]:
    """The windows of each day, week or month; an oldest period that is not whole is left out."""
    found: dict[object, list[Window]] = {}
    for window in windows:
        found.setdefault(_period(window.date, bar_size), []).append(window)
    oldest = windows[0].date
    before = calendar.session_before(instrument, oldest).date
    broken = before >= head(instrument) and _period(before, bar_size) == _period(oldest, bar_size)
    return list(found.values())[1 if broken and len(found) > 1 else 0 :]


def _period(day: date, bar_size: str) -> object:
    step = CALENDAR_BARS[bar_size]
    if step == "1w":
        return day.isocalendar()[:2]
    return (day.year, day.month) if step == "1m" else day
