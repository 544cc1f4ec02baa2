"""When a contract trades, as TWS words it: `20261123:0930-20261123:1600;20261128:CLOSED`, on the clock of its zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from twsbridge.protocol.models import ContractDetails
from twsbridge_server.core.zones import zone

Market = Literal["open", "extended", "closed", "unknown"]
Span = tuple[int, int]
DAY = timedelta(days=1)


class Listed(NamedTuple):
    """Spans of time in microseconds UTC, those that touch joined, and what all the days that were listed cover."""

    spans: tuple[Span, ...]
    covered: Span

    def at(self, now: int) -> Span | None:
        """The span that `now` is in."""
        return next((span for span in self.spans if span[0] <= now < span[1]), None)

    def covers(self, now: int) -> bool:
        """True when TWS has said whether the contract trades at this time."""
        return self.covered[0] <= now < self.covered[1]


class Phase(NamedTuple):
    """What the market does, and since when as far as that is known."""

    market: Market
    since_us: int = 0


UNKNOWN = Phase("unknown")


class TradingHours:
    """The hours of one contract. `extended` is trading outside of the regular hours, where TWS tells those."""

    def __init__(self, details: ContractDetails) -> None:
        where = zone(details.time_zone_id)
        self._trading = listed(details.trading_hours, where) if where else None
        self._liquid = listed(details.liquid_hours, where) if where else None

    def phase(self, now: int) -> Phase:
        """What the market does at `now`, microseconds UTC; unknown when TWS has not listed this time."""
        trading, liquid = self._trading or self._liquid, self._liquid or self._trading
        if trading is None or liquid is None or not trading.covers(now):
            return UNKNOWN
        if span := liquid.at(now):
            return Phase("open", span[0])
        span = trading.at(now)
        if span is None:
            return Phase("closed")
        return Phase("extended", max([span[0], *(end for _, end in liquid.spans if end <= now)]))


def listed(text: str, where: ZoneInfo) -> Listed | None:
    """What TWS lists, in its present form and in the older one without the second date; None when it cannot be read."""
    try:
        days = [_day(part.strip(), where) for part in text.split(";") if part.strip()]
    except ValueError:
        return None
    if not days:
        return None
    spans = _joined(span for day in days for span in day.spans)
    return Listed(spans, (min(day.covered[0] for day in days), max(day.covered[1] for day in days)))


def _day(text: str, where: ZoneInfo) -> Listed:
    day_text, _, hours = text.partition(":")
    day = datetime.strptime(day_text, "%Y%m%d").date()
    covered = (_instant(day, "0000", where), _instant(day + DAY, "0000", where))
    if hours == "CLOSED":
        return Listed((), covered)
    spans = tuple(_span(day, part, where) for part in hours.split(","))
    return Listed(spans, (covered[0], max([covered[1], *(end for _, end in spans)])))


def _span(day: date, text: str, where: ZoneInfo) -> Span:
    """0930-1600 or 0930-20261123:1600; one that ends before it begins goes over midnight."""
    begin, _, end = text.partition("-")
    begin_day, _, begin_clock = begin.rpartition(":")
    end_day, _, end_clock = end.rpartition(":")
    first = _date(begin_day) if begin_day else day
    start, stop = _instant(first, begin_clock, where), _instant(_date(end_day) if end_day else first, end_clock, where)
    return start, stop if stop > start else _instant(first + DAY, end_clock, where)


def _date(text: str) -> date:
    return datetime.strptime(text, "%Y%m%d").date()


def _instant(day: date, clock: str, where: ZoneInfo) -> int:
    """Microseconds UTC of hhmm on this day; adding to an aware time moves the clock on the wall."""
    if len(clock) != 4 or not clock.isdecimal():
        raise ValueError(f"no time of day: {clock!r}")
    wall = datetime(day.year, day.month, day.day, tzinfo=where)
    wall += timedelta(hours=int(clock[:2]), minutes=int(clock[2:]))
    return round(wall.astimezone(UTC).timestamp()) * 1_000_000


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)
