"""Where bars stand on the line of time: within a day at their start, bars of a day at midnight UTC of their date.

So dates and instants are integers of one kind: microseconds. The exchange's clock says when a day begins.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from twsbridge.protocol.bar_sizes import DATED, SIZES

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US


class Scale:
    """The scale of one bar size on the clock of one exchange; an unknown zone counts as UTC."""

    def __init__(self, bar_size: str, zone_name: str) -> None:
        self.bar_size = bar_size
        self.size_us = SIZES[bar_size].seconds * SECOND_US
        self.is_dated = bar_size in DATED
        self._zone = _zone(zone_name)

    def start(self, instant: int) -> int:
        """Where a range begins that begins at this instant: for days on its date."""
        return _point(self.date_at(instant)) if self.is_dated else instant

    def end(self, instant: int) -> int:
        """Where a range ends that ends at this instant; a day that has begun by then belongs to it."""
        return _point(self.date_at(instant - 1)) + DAY_US if self.is_dated else instant

    def final(self, now: int) -> int:
        """Bars before this do not change any more: those of earlier days, weeks or months than the one of now."""
        today = self.date_at(now)
        if self.bar_size == "1 week":
            today -= timedelta(days=today.weekday())
        elif self.bar_size == "1 month":
            today = today.replace(day=1)
        return _point(today) if self.is_dated else self.midnight(today)

    def instant(self, point: int) -> int:
        """The instant of a place on this scale: for a date its midnight at the exchange."""
        return self.midnight(_date(point)) if self.is_dated else point

    def day_start(self, point: int) -> int:
        """Where the day begins in which a bar stands here."""
        return point if self.is_dated else self.midnight(self.date_at(point))

    def whole(self, point: int) -> int:
        """The first place from here on at which a bar may end, on the clock of the exchange."""
        if self.is_dated:
            return point
        midnight = self.day_start(point)
        return midnight - (midnight - point) // self.size_us * self.size_us

    def present(self, now: int) -> int:
        """Where a range ends that ends now."""
        return self.end(now + 1)

    def read(self, text: str) -> int:
        """TWS's date of a bar: yyyymmdd, or epoch seconds; raises ValueError."""
        if not self.is_dated:
            return int(text) * SECOND_US
        if len(text) != 8:
            raise ValueError(f"{text!r} is not a day as yyyymmdd")
        return _point(date.fromisoformat(text))

    def date_at(self, instant: int) -> date:
        """The date at the exchange."""
        return (EPOCH + timedelta(microseconds=instant)).astimezone(self._zone).date()

    def midnight(self, day: date) -> int:
        """When a day begins at the exchange."""
        return (datetime.combine(day, time(), self._zone).astimezone(UTC) - EPOCH) // MICROSECOND


def date_text(point: int) -> str:
    """The date of a bar of a day or more, as YYYY-MM-DD."""
    return _date(point).isoformat()


def end_text(instant: int | None) -> str:
    """TWS's notation of an instant, UTC, whole seconds, rounded up: "20261123-16:00:00"; "" for now."""
    if instant is None:
        return ""
    return f"{EPOCH + timedelta(seconds=-(-instant // SECOND_US)):%Y%m%d-%H:%M:%S}"


def _point(day: date) -> int:
    return (datetime.combine(day, time(), UTC) - EPOCH) // MICROSECOND


def _date(point: int) -> date:
    return (EPOCH + timedelta(microseconds=point)).date()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
