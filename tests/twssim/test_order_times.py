"""When an order may trade, and when it ends by itself."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from tests.twssim.market_rig import FEW, at, instruments, modes, moments, the
from twssim.calendar import Calendar
from twssim.contracts import Instrument
from twssim.order import Order
from twssim.order_terms import OrderTerms
from twssim.order_times import ends, good_after, good_till, hours, in_auction, period, starts

REGULAR = Calendar("regular")
APPLE, EURO = the("AAPL"), the("EUR", "CASH")
TUESDAY = "2026-11-24"


def an_order(instrument: Instrument = APPLE, kind: str = "LMT", entered: float = 0.0, **terms: Any) -> Order:
    rest = {name: terms.pop(name) for name in ("good_till_date", "good_after_time") if name in terms}
    made = OrderTerms(
        action="BUY", total_quantity=Decimal(1), order_type=kind, limit_price=Decimal(1), rest=rest, **terms
    )
    return Order(client_id=1, order_id=1, perm_id=1, account="A", instrument=instrument, terms=made, entered=entered)


@pytest.mark.parametrize(
    ("now", "outside_rth", "start"),
    [
        ("03:00", False, "09:30"),
        ("03:00", True, "04:00"),
        ("05:00", True, "05:00"),
        ("09:30", False, "09:30"),
        ("15:59", False, "15:59"),
        ("16:00", True, "16:00"),
    ],
)
def test_a_stock_order_waits_for_regular_hours_unless_it_says_otherwise(
    now: str, outside_rth: bool, start: str
) -> None:
    moment = at(f"{TUESDAY} {now}")
    assert starts(an_order(outside_rth=outside_rth), REGULAR, moment) == at(f"{TUESDAY} {start}")


def test_after_the_close_it_waits_for_the_next_trading_day_over_a_holiday() -> None:
    evening = at("2026-11-25 17:00")
    assert starts(an_order(), REGULAR, evening) == at("2026-11-27 09:30"), "the 26th is Thanksgiving"


def test_currencies_work_in_all_of_their_session() -> None:
    sunday = at("2026-11-22 18:00")
    assert starts(an_order(EURO), REGULAR, sunday) == sunday


def test_a_day_order_ends_with_the_hours_it_works_in() -> None:
    entered = at(f"{TUESDAY} 11:00")
    assert ends(an_order(entered=entered), REGULAR) == at(f"{TUESDAY} 16:00")
    assert ends(an_order(entered=entered, outside_rth=True), REGULAR) == at(f"{TUESDAY} 20:00")
    assert ends(an_order(entered=at(f"{TUESDAY} 22:00")), REGULAR) == at("2026-11-25 16:00")
    assert ends(an_order(entered=at("2026-11-21 11:00")), REGULAR) == at("2026-11-23 16:00")


def test_what_is_good_till_cancelled_does_not_end() -> None:
    for tif in ("GTC", "IOC", "FOK", "DTC"):
        assert ends(an_order(tif=tif), REGULAR) is None
    assert ends(replace(an_order(), entered=None), REGULAR) is None


@pytest.mark.parametrize(
    ("written", "end"),
    [
        ("20261126 15:30:00 US/Eastern", "2026-11-26 15:30"),
        ("20261126 15:30:00", "2026-11-26 15:30"),
        ("20261126-20:30:00", "2026-11-26 15:30"),
        ("20261127", "2026-11-27 16:00"),
    ],
)
def test_good_till_date_is_a_moment_in_its_zone_or_the_end_of_a_day(written: str, end: str) -> None:
    order = an_order(tif="GTD", good_till_date=written, entered=at(f"{TUESDAY} 11:00"))
    assert ends(order, REGULAR) == at(end)


def test_good_after_time_holds_an_order_back_and_makes_it_last_that_day() -> None:
    order = an_order(good_after_time="20261125 12:00:00 US/Eastern", entered=at(f"{TUESDAY} 11:00"))
    assert starts(order, REGULAR, at(f"{TUESDAY} 12:00")) == at("2026-11-25 12:00")
    assert ends(order, REGULAR) == at("2026-11-25 16:00")


@pytest.mark.parametrize("read", [good_till, good_after])
def test_a_time_that_cannot_be_read_is_an_error(read: Any) -> None:
    assert read(an_order().terms, APPLE) is None
    terms = an_order(good_till_date="soon", good_after_time="20269999 12:00:00").terms
    with pytest.raises(ValueError):
        read(terms, APPLE)


@pytest.mark.parametrize(
    ("terms", "now", "start"),
    [
        ({"tif": "OPG"}, f"{TUESDAY} 05:00", f"{TUESDAY} 09:30"),
        ({"tif": "OPG"}, f"{TUESDAY} 10:00", "2026-11-25 09:30"),
        ({"kind": "LOC"}, f"{TUESDAY} 10:00", f"{TUESDAY} 16:00"),
        ({"kind": "MOC"}, f"{TUESDAY} 17:00", "2026-11-25 16:00"),
    ],
)
def test_auctions_are_at_the_open_and_at_the_close(terms: dict[str, str], now: str, start: str) -> None:
    order = an_order(**terms)
    assert in_auction(order) and starts(order, REGULAR, at(now)) == at(start)


@FEW
@given(instrument=instruments, now=moments, mode=modes)
def test_periods_lie_ahead_within_the_sessions(instrument: Instrument, now: float, mode: str) -> None:
    calendar = Calendar(mode)
    for order in (an_order(instrument), an_order(instrument, outside_rth=True)):
        found = period(order, calendar, now)
        assert found.start < found.end and found.end > now and found == hours(order, calendar, now)
        session = calendar.session_at(instrument, found.start)
        assert session.start <= found.start and found.end <= session.end
        assert starts(order, calendar, now) == max(now, found.start)
