"""Which bars are in which file: a week, a month, a year or a decade of the exchange's dates in each."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from twsbridge.protocol.bar_sizes import DATED, SIZES, SMALL
from twsbridge.times import to_datetime, to_micros

HALF_HOUR_S = 1_800
DAY = timedelta(days=1)


class Piece(NamedTuple):
    """The dates [first, before) of the file called `name`."""

    name: str
    first: date
    before: date

    @property
    def days(self) -> int:
        """How many dates these are, trading or not."""
        return (self.before - self.first).days


def pieces(bar_size: str, first: date, before: date) -> list[Piece]:
    """The files that hold the bars of [first, before), oldest first; the outer ones perhaps not whole."""
    found = []
    while first < before:
        name, until = _period(bar_size, first)
        found.append(Piece(name, first, min(until, before)))
        first = until
    return found


def _period(bar_size: str, day: date) -> tuple[str, date]:
    """The name of the file that has this day, and the first day that it does not have."""
    if bar_size in SMALL:
        monday = day - day.weekday() * DAY
        return f"{monday:%G-W%V}", monday + 7 * DAY
    if SIZES[bar_size].seconds <= HALF_HOUR_S:
        return f"{day:%Y-%m}", (day.replace(day=1) + 31 * DAY).replace(day=1)
    if bar_size not in DATED:
        return f"{day.year}", date(day.year + 1, 1, 1)
    decade = day.year // 10 * 10
    return f"{decade}-{decade + 9}", date(decade + 10, 1, 1)


class ExchangeDays:
    """Dates of one exchange as places of bars: those of a day and more stand at midnight UTC of their date."""

    def __init__(self, bar_size: str, zone_name: str) -> None:
        self.zone = zone_of(zone_name)
        self._scale = UTC if bar_size in DATED else self.zone

    def instant(self, day: date) -> int:
        """When a date begins at the exchange."""
        return to_micros(datetime.combine(day, time(), self.zone))

    def place(self, day: date) -> int:
        """Bars of a date and later ones stand from here on."""
        return to_micros(datetime.combine(day, time(), self._scale))

    def date_at(self, place: int) -> date:
        """The date that has this place."""
        return to_datetime(place).astimezone(self._scale).date()

    def date_of(self, instant: int) -> date:
        """The date at the exchange."""
        return to_datetime(instant).astimezone(self.zone).date()


def zone_of(name: str) -> ZoneInfo:
    """The time zone of an exchange; one that this machine does not know counts as UTC."""
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
