from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge_server.core.trading_hours import TradingHours, listed

NEW_YORK = ZoneInfo("America/New_York")
TRADING = "20261123:0400-20261123:2000;20261124:0400-20261124:2000;20261125:CLOSED"
LIQUID = "20261123:0930-20261123:1600;20261124:0930-20261124:1600;20261125:CLOSED"


def at(text: str, zone: ZoneInfo = NEW_YORK) -> int:
    return round(datetime.strptime(text, "%Y%m%d %H:%M").replace(tzinfo=zone).timestamp()) * 1_000_000


def hours(trading: str = TRADING, liquid: str = LIQUID, zone: str = "US/Eastern") -> TradingHours:
    return TradingHours(ContractDetails(
        contract=Contract(), trading_hours=trading, liquid_hours=liquid, time_zone_id=zone))  # fmt: skip


@pytest.mark.parametrize(
    ("now", "market", "since"),
    [
        ("20261123 03:59", "closed", None),
        ("20261123 04:00", "extended", "20261123 04:00"),
        ("20261123 09:30", "open", "20261123 09:30"),
        ("20261123 15:59", "open", "20261123 09:30"),
        ("20261123 16:30", "extended", "20261123 16:00"),
        ("20261123 20:00", "closed", None),
        ("20261125 12:00", "closed", None),
        ("20261126 12:00", "unknown", None),
        ("20261122 12:00", "unknown", None),
    ],
)
def test_what_the_market_does_and_since_when(now: str, market: str, since: str | None) -> None:
    phase = hours().phase(at(now))
    assert (phase.market, phase.since_us) == (market, at(since) if since else 0)


def test_a_day_that_follows_without_a_pause_is_one_span() -> None:
    whole = ";".join(f"202611{day}:0000-202611{day + 1}:0000" for day in (23, 24, 25))
    assert hours(whole, whole).phase(at("20261125 00:01")) == ("open", at("20261123 00:00"))


@pytest.mark.parametrize(
    "text", ["20261122:1800-20261123:1700", "20261122:1800-1700", "20261122:1800-2359,2359-1700", "20261122:1800-4100"]
)
def test_a_session_may_go_over_midnight(text: str) -> None:
    chicago = ZoneInfo("America/Chicago")
    one = hours(text, text, "America/Chicago")
    assert one.phase(at("20261123 02:00", chicago)) == ("open", at("20261122 18:00", chicago))
    assert one.phase(at("20261122 17:00", chicago)).market == "closed"


def test_the_clock_on_the_wall_counts_when_it_is_changed() -> None:
    spans = listed("20261101:0000-20261101:1200", NEW_YORK)
    assert spans is not None and spans.spans[0][1] - spans.spans[0][0] == 13 * 3600 * 1_000_000


@pytest.mark.parametrize("text", ["", "soon", "20261123", "20261123:0930", "20261123:9-17", "20269999:0930-1600"])
def test_what_cannot_be_read_is_unknown(text: str) -> None:
    assert listed(text, NEW_YORK) is None
    assert hours(text, text).phase(at("20261123 12:00")).market == "unknown"


def test_an_unknown_zone_is_unknown_and_one_kind_of_hours_is_enough() -> None:
    assert hours(zone="Mars/Olympus").phase(at("20261123 12:00")).market == "unknown"
    assert hours(liquid="").phase(at("20261123 05:00")).market == "open"
    assert hours(trading="").phase(at("20261123 12:00")).market == "open"
