"""A number of ticks before or after a moment, however many sessions lie between them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from math import floor

from twssim.calendar import Calendar, local_date
from twssim.history_windows import windows_back
from twssim.tape import PER_SECOND, Reel, Tape, Tick

SESSIONS_SEARCHED = 5


def ticks_before(calendar: Calendar, tape: Tape, end: float, count: int, use_rth: bool) -> list[Tick]:
    """The last `count` ticks before `end`, oldest first, and what else happened in the second of the oldest."""
    windows = islice(windows_back(calendar, tape.listing.instrument, end, use_rth), SESSIONS_SEARCHED)
    reels = (Reel(each.start, floor(each.start * PER_SECOND), _last(each.end)) for each in windows)
    found = _whole_seconds((tick for reel in reels for tick in tape.backwards(reel)), count)
    return found[::-1]


def ticks_after(calendar: Calendar, tape: Tape, span: tuple[float, float], count: int, use_rth: bool) -> list[Tick]:
    """The first `count` ticks of the time from start to end, and what else happened in the second of the last."""
    return _whole_seconds(
        (tick for reel in _forward(calendar, tape, span, use_rth) for tick in tape.ticks(reel)), count
    )


def _forward(calendar: Calendar, tape: Tape, span: tuple[float, float], use_rth: bool) -> Iterator[Reel]:
    instrument, (start, end) = tape.listing.instrument, span
    day, left = local_date(instrument, start), SESSIONS_SEARCHED
    while left and (session := calendar.session(instrument, day)).start < end:
        opened, closed = (session.liquid_start, session.liquid_end) if use_rth else (session.start, session.end)
        if calendar.is_trading_day(instrument, day) and closed > start:
            left -= 1
            yield Reel(opened, floor(max(opened, start) * PER_SECOND), _last(min(closed, end)))
        day += timedelta(days=1)


def _last(end: float) -> int:
    """The last moment that begins before `end`."""
    return -floor(-end * PER_SECOND) - 1


def _whole_seconds(ticks: Iterator[Tick], count: int) -> list[Tick]:
    """The first `count` ticks and those of the same second as the last of them."""
    found: list[Tick] = []
    for tick in ticks:
        if len(found) >= count and tick.time != found[-1].time:
            break
        found.append(tick)
    return found
