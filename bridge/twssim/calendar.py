"""When an instrument trades: sessions, trading hours in TWS's format, weekends and holidays.

Two modes. "always" (default): one session per day of the exchange's time zone, from midnight to
midnight, all of it regular hours, weekends included. "regular": the exchange's own hours.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from twssim.contracts import Instrument
from twssim.holidays import holidays

_DAYS_TOLD = 6
"""How many days TWS lists in trading hours."""

_LATE = 60.0
"""A session counts as in progress for so many seconds more: its closing auction belongs to it."""


@dataclass(frozen=True, slots=True)
class Session:
    """One trading day: epoch seconds, `end` and `liquid_end` excluded."""

    date: date
    start: float
    end: float
    liquid_start: float
    liquid_end: float


@dataclass(frozen=True, slots=True)
class Hours:
    """An exchange's hours in minutes after local midnight of the session's date."""

    region: str
    start: int
    end: int
    liquid_start: int
    liquid_end: int


def _hours(region: str, trading: tuple[int, int], liquid: tuple[int, int]) -> Hours:
    start, end, liquid_start, liquid_end = (each // 100 * 60 + each % 100 for each in (*trading, *liquid))
    return Hours(region, start, end, liquid_start, liquid_end)


_DAY = _hours("US", (0, 2400), (0, 2400))
_US_OPTIONS = _hours("US", (930, 1600), (930, 1600))
_BY_SEC_TYPE = {
    "CASH": Hours("FX", -405, 1020, -405, 1020),  # 17:15 on the day before to 17:00
    "FUT": Hours("CME", -420, 960, 510, 960),  # 17:00 on the day before to 16:00
    "IND": _hours("US", (830, 1500), (830, 1500)),
    "OPT": _US_OPTIONS,
}
_BY_PRIMARY_EXCHANGE = {
    "LSE": _hours("UK", (800, 1630), (800, 1630)),
    "IBIS": _hours("XETRA", (900, 1730), (900, 1730)),
}
_US_STOCKS = _hours("US", (400, 2000), (930, 1600))


def hours_of(instrument: Instrument) -> Hours:
    """The exchange hours in "regular" mode."""
    by_exchange = _BY_PRIMARY_EXCHANGE.get(instrument.primary_exchange, _US_STOCKS)
    return _BY_SEC_TYPE.get(instrument.sec_type, by_exchange)


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name."""
    return ZoneInfo(name)


def local_date(instrument: Instrument, now: float) -> date:
    """The date in the instrument's time zone."""
    return datetime.fromtimestamp(now, zone_of(instrument.time_zone)).date()


@lru_cache(maxsize=16_384)
def _session(zone: str, hours: Hours, day: date) -> Session:
    midnight = datetime.combine(day, time(), zone_of(zone))

    def at(minutes: int) -> float:
        # Adding to an aware datetime moves the clock on the wall, which is what hours are.
        return (midnight + timedelta(minutes=minutes)).timestamp()

    start, end = at(hours.start), at(hours.end)
    return Session(day, start, end, at(hours.liquid_start), at(hours.liquid_end))


class Calendar:
    """Sessions of every instrument in one mode, "always" or "regular"."""

    def __init__(self, mode: str = "always") -> None:
        """ValueError for another mode."""
        if mode not in ("always", "regular"):
            raise ValueError(f'calendar mode is "always" or "regular", not {mode!r}')
        self.mode = mode

    def is_open(self, instrument: Instrument, now: float) -> bool:
        """Whether the instrument trades, within or outside regular hours."""
        session = self.session_at(instrument, now)
        return session.start <= now < session.end

    def next_open(self, instrument: Instrument, now: float) -> float:
        """`now` if the instrument trades, otherwise the start of its next session."""
        if self.is_open(instrument, now):
            return now
        day = local_date(instrument, now)
        while (session := self.session_on(instrument, day)) is None or session.start < now:
            day += timedelta(days=1)
        return session.start

    def session_date(self, instrument: Instrument, now: float) -> date:
        """The date of the session in progress, or of the latest one while closed."""
        return self.session_at(instrument, now).date

    def session_at(self, instrument: Instrument, now: float) -> Session:
        """The session in progress, or the latest one while closed."""
        day = local_date(instrument, now) + timedelta(days=1)  # some begin on the evening before
        while (session := self.session_on(instrument, day)) is None or session.start > now:
            day -= timedelta(days=1)
        return session

    def session_on(self, instrument: Instrument, day: date) -> Session | None:
        """The session with this date, None if the market stays closed."""
        if self.mode == "always" or self.is_trading_day(instrument, day):
            return self.session(instrument, day)
        return None

    def session(self, instrument: Instrument, day: date) -> Session:
        """The session with this date, as if it were a trading day."""
        hours = _DAY if self.mode == "always" else hours_of(instrument)
        return _session(instrument.time_zone, hours, day)

    def is_trading_day(self, instrument: Instrument, day: date) -> bool:
        """Whether the exchange trades on this date: no weekend, no holiday, in both modes."""
        return day.weekday() < 5 and day not in holidays(hours_of(instrument).region, day.year)

    def session_before(self, instrument: Instrument, day: date) -> Session:
        """The latest session of a trading day before this date."""
        return next(self.sessions_back(instrument, self.session(instrument, day).start))

    def sessions_back(self, instrument: Instrument, now: float) -> Iterator[Session]:
        """Sessions of trading days that began before `now`, latest first, without end."""
        day = local_date(instrument, now) + timedelta(days=1)
        while True:
            session = self.session(instrument, day)
            if self.is_trading_day(instrument, day) and session.start < now:
                yield session
            day -= timedelta(days=1)

    def sessions_from(self, instrument: Instrument, now: float) -> Iterator[Session]:
        """The session in progress and those after it, without end."""
        day = local_date(instrument, now) - timedelta(days=1)
        while True:
            session = self.session_on(instrument, day)
            if session is not None and session.end + _LATE > now:
                yield session
            day += timedelta(days=1)

    def trading_hours(self, instrument: Instrument, now: float) -> str:
        """Six days from today in TWS's format, in the instrument's time zone."""
        return _told(self, instrument, now, lambda session: (session.start, session.end))

    def liquid_hours(self, instrument: Instrument, now: float) -> str:
        """As trading_hours, for the regular hours."""
        return _told(self, instrument, now, lambda session: (session.liquid_start, session.liquid_end))


def _told(
    calendar: Calendar, instrument: Instrument, now: float, hours: Callable[[Session], tuple[float, float]]
) -> str:
    today, zone = local_date(instrument, now), zone_of(instrument.time_zone)

    def told(day: date) -> str:
        session = calendar.session_on(instrument, day)
        if session is None:
            return f"{day:%Y%m%d}:CLOSED"
        return "-".join(f"{datetime.fromtimestamp(each, zone):%Y%m%d:%H%M}" for each in hours(session))

    return ";".join(told(today + timedelta(days=number)) for number in range(_DAYS_TOLD))
