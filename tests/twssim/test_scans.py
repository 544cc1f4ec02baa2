"""What scanners find."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from tests.twssim.market_rig import MONDAY_NOON, market
from twssim.scans import INSTRUMENTS, LOCATIONS, SCANS, Subscription, capitalisation, found, parameters_xml

MARKET = market()


def scan(code: str, location: str = "STK.US", **bounds: Any) -> list[str]:
    wanted = Subscription(instrument="STK", location=location, scan_code=code, **bounds)
    return [each.symbol for each in found(MARKET, wanted, MONDAY_NOON)]


@pytest.mark.parametrize("code", sorted(SCANS))
def test_every_scan_ranks_by_its_score(code: str) -> None:
    stocks = found(MARKET, Subscription(instrument="STK", location="STK.US", scan_code=code), MONDAY_NOON)
    scores = [SCANS[code].score(each, MARKET.quote(each.con_id, MONDAY_NOON)) for each in stocks]
    assert len(scores) > 5 and scores == sorted(scores, reverse=True)


def test_gainers_are_losers_reversed() -> None:
    assert scan("TOP_PERC_GAIN") == scan("TOP_PERC_LOSE")[::-1]


@pytest.mark.parametrize("location", sorted(LOCATIONS))
def test_every_location_holds_something(location: str) -> None:
    assert scan("MOST_ACTIVE", location)


def test_capitalisation_bounds_choose() -> None:
    (nvidia,) = (each for each in MARKET.universe if each.symbol == "NVDA")
    worth = capitalisation(nvidia, MARKET.quote(nvidia.con_id, MONDAY_NOON))
    assert "NVDA" in scan("MOST_ACTIVE", market_cap_above=worth, market_cap_below=worth)
    assert "NVDA" not in scan("MOST_ACTIVE", market_cap_below=worth - 1)


def test_the_parameters_name_what_the_scans_take() -> None:
    root = ElementTree.fromstring(parameters_xml())
    assert {each.text for each in root.iter("locationCode")} == set(LOCATIONS)
    assert {each.text for each in root.iter("scanCode")} == set(SCANS)
    assert {each.text for each in root.iter("type")} == set(INSTRUMENTS)
