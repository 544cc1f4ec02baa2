"""When an order may trade and when it ends: regular hours, auctions, good-after, good-till, the end of the day."""

from __future__ import annotations

from dataclasses import dataclass

from twssim.calendar import Calendar, Session
from twssim.clock import moment
from twssim.instrument import Instrument
from twssim.order import Order
from twssim.order_terms import OrderTerms

AUCTION_SECONDS = 60.0
"""How long after its moment an auction still matches, should the simulator be late."""

ALL_HOURS = frozenset({"FUT", "CASH", "CRYPTO"})
"""Security types whose orders work in the whole session, whatever outsideRth says."""

AT_ONCE = ("IOC", "FOK")


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time in which an order may trade, epoch seconds, `end` excluded."""

    start: float
    end: float


def good_till(terms: OrderTerms, instrument: Instrument) -> float | None:
    """The moment of goodTillDate, None without one; raises ValueError when it cannot be read."""
    return _moment(terms.text("good_till_date"), instrument)


def good_after(terms: OrderTerms, instrument: Instrument) -> float | None:
    """The moment of goodAfterTime, None without one; raises ValueError when it cannot be read."""
    return _moment(terms.text("good_after_time"), instrument)


def _moment(written: str, instrument: Instrument) -> float | None:
    return moment(written, instrument.time_zone) if written else None


def in_auction(order: Order) -> bool:
    """Whether an order takes part in an auction only."""
    return order.terms.tif == "OPG" or order.terms.kind.at_close


def period(order: Order, calendar: Calendar, now: float) -> Period:
    """The stretch in which the order may trade that goes on now, or else the next one."""
    sessions = calendar.sessions_from(order.instrument, now)
    return next(found for found in (_of(order, each) for each in sessions) if found.end > now)


def hours(order: Order, calendar: Calendar, now: float) -> Period:
    """The trading hours of an order that go on now, or else the next ones; an auction is within them."""
    sessions = calendar.sessions_from(order.instrument, now)
    return next(found for found in (_hours(order, each) for each in sessions) if found.end > now)


def _of(order: Order, session: Session) -> Period:
    if order.terms.tif == "OPG":
        return Period(session.liquid_start, session.liquid_start + AUCTION_SECONDS)
    if order.terms.kind.at_close:
        return Period(session.liquid_end, session.liquid_end + AUCTION_SECONDS)
    return _hours(order, session)


def _hours(order: Order, session: Session) -> Period:
    if order.terms.outside_rth or order.instrument.sec_type in ALL_HOURS:
        return Period(session.start, session.end)
    return Period(session.liquid_start, session.liquid_end)


def starts(order: Order, calendar: Calendar, now: float) -> float:
    """When the order may trade next, `now` if it may at this moment."""
    after = good_after(order.terms, order.instrument) or now
    begin = max(now, after)
    return max(begin, period(order, calendar, begin).start)


def ends(order: Order, calendar: Calendar) -> float | None:
    """When an order that is not done ends by itself, None when it stays until it is cancelled."""
    terms, entered = order.terms, order.entered
    if entered is None or terms.tif in ("GTC", "DTC", *AT_ONCE):
        return None
    if terms.tif == "GTD":
        return _end_of_date(order, calendar)
    begin = max(entered, good_after(terms, order.instrument) or entered)
    return period(order, calendar, begin).end


def _end_of_date(order: Order, calendar: Calendar) -> float | None:
    """A date without a time means the end of that day's trading."""
    last = good_till(order.terms, order.instrument)
    if last is None or len(order.terms.text("good_till_date")) > len("20261124"):
        return last
    return hours(order, calendar, last).end
