"""Durations in TWS's notation: what one request may ask for, and what is refused because TWS would not serve it."""

from __future__ import annotations

from typing import NamedTuple

from twsbridge.protocol.bar_sizes import DAY_S, SIZES, SMALL
from twsbridge.protocol.commands import GetBars
from twsbridge.protocol.errors import WireError, make_error

SECOND_US = 1_000_000
DAY_US = DAY_S * SECOND_US


SMALL_KEPT_US = 183 * DAY_US
LONGEST_YEARS = 100
ADJUSTED = "ADJUSTED_LAST"
"""Its prices change with every split and dividend: TWS tells them up to now only, and nothing of it is ever final."""

_SECONDS = {"S": 1, "D": DAY_S, "W": 7 * DAY_S, "M": 30 * DAY_S, "Y": 365 * DAY_S}
_MOST = {"S": DAY_S, "D": 365, "W": 52, "M": 12, "Y": 10}
"""What TWS takes of each unit in one request."""


class Duration(NamedTuple):
    """So many S, D, W, M or Y."""

    number: int
    unit: str

    @property
    def seconds(self) -> int:
        """Its length on the calendar, roughly for months and years."""
        return self.number * _SECONDS[self.unit]


def parse_duration(text: str) -> Duration:
    """TWS's notation, such as "30 D"."""
    number, _, unit = text.partition(" ")
    return Duration(int(number), unit)


def is_one_request(duration: Duration, bar_size: str) -> bool:
    """Whether TWS serves this at once; then it is asked for in these words."""
    size = SIZES[bar_size]
    if duration.unit == "S" or size.unit == "S":
        return duration.unit == "S" and duration.number <= (size.step if size.unit == "S" else DAY_S)
    return duration.number <= _MOST[duration.unit] and duration.seconds <= size.step * DAY_S


class Ask(NamedTuple):
    """A duration for TWS, and how much of the calendar it covers at least, however TWS counts days without trading."""

    duration: str
    covers_us: int


def ask_for(bar_size: str, wanted_us: int, step: int) -> Ask:
    """The request for so much time before its end, within `step` seconds or days."""
    size = SIZES[bar_size]
    if size.unit == "S":
        seconds = min(step, -(-wanted_us // SECOND_US) + size.seconds)
        return Ask(f"{seconds} S", seconds * SECOND_US)
    days = min(step, -(-wanted_us // DAY_US) + _MARGIN_DAYS.get(bar_size, 1))
    if days <= _MOST["D"]:
        return Ask(f"{days} D", days * DAY_US)
    years = -(-days // 365)
    return Ask(f"{years} Y", years * 365 * DAY_US)


_MARGIN_DAYS = {"1 week": 14, "1 month": 62}
"""TWS may leave out an oldest week or month that is not whole."""


def refusal(command: GetBars, now: int) -> WireError | None:
    """Why TWS would not serve this, with what it would serve; None when it may."""
    if command.what_to_show == ADJUSTED and command.end_us is not None:
        return _invalid("end_us", "TWS tells ADJUSTED_LAST up to now only", "Leave the end out, or take TRADES.")
    end_us = now if command.end_us is None else min(command.end_us, now)
    if command.start_us is not None:
        return _range_refusal(command, command.start_us, end_us) or _age_refusal(command, command.start_us, now)
    duration = parse_duration(command.duration or "")
    return _duration_refusal(command, duration) or _age_refusal(command, end_us - duration.seconds * SECOND_US, now)


def _range_refusal(command: GetBars, start_us: int, end_us: int) -> WireError | None:
    if start_us >= end_us:
        return _invalid(
            "start_us", "The range ends before it begins, or begins in the future", "Give an earlier start."
        )
    if end_us - start_us > LONGEST_YEARS * 366 * DAY_US:
        return _invalid("start_us", f"The range is longer than {LONGEST_YEARS} years", "Give a later start.")
    return None


def _duration_refusal(command: GetBars, duration: Duration) -> WireError | None:
    size = SIZES[command.bar_size]
    most = size.step if size.unit == "S" else DAY_S
    if duration.seconds < size.seconds:
        at_least = next(name for name in SIZES if SIZES[name].seconds >= duration.seconds)
        do = f"Ask for a longer duration, or for bars of {at_least} at most."
        return _invalid("duration", f"{command.duration} is shorter than one bar of {command.bar_size}", do)
    if duration.unit == "S" and duration.number > most:
        do = f"Seconds go up to {most} S with bars of {command.bar_size}; ask in D, W, M or Y, or from a start."
        return _invalid("duration", f"TWS serves no {command.duration} of {command.bar_size}", do)
    if duration.seconds > LONGEST_YEARS * _SECONDS["Y"]:
        return _invalid("duration", f"{command.duration} is too long", f"Ask for {LONGEST_YEARS} Y at most.")
    return None


def _age_refusal(command: GetBars, start_us: int, now: int) -> WireError | None:
    if command.bar_size not in SMALL or start_us >= now - SMALL_KEPT_US:
        return None
    do = "Ask for the last 183 days, or for bars of 1 min or more."
    return _invalid("bar_size", f"TWS keeps bars of {command.bar_size} for six months", do)


def _invalid(field: str, msg: str, do: str) -> WireError:
    return make_error("req.invalid", msg, do=do, field=field)
