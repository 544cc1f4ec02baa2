"""Scanner parameters and subscriptions."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from ibapi.scanner import ScannerSubscription

from tests.twssim.official import VERSIONS, OfficialClient, errors, gateway, names, of


def scan(code: str = "TOP_PERC_GAIN", **fields: Any) -> ScannerSubscription:
    made = ScannerSubscription()
    made.instrument, made.locationCode, made.scanCode = "STK", "STK.US.MAJOR", code
    for name, value in fields.items():
        setattr(made, name, value)
    return made


@pytest.fixture(params=VERSIONS)
def client(request: pytest.FixtureRequest) -> OfficialClient:
    """A client at each kind of server version."""
    made = OfficialClient(gateway(), version=request.param)
    made.after(1.0)
    return made


def test_the_parameters_are_xml_with_every_code(client: OfficialClient) -> None:
    client.reqScannerParameters()
    ((written,),) = of(client.after(1.0), "scannerParameters")
    codes = [each.text for each in ElementTree.fromstring(written).iter("scanCode")]
    assert "TOP_PERC_GAIN" in codes and "MOST_ACTIVE" in codes


def test_rows_come_ranked_with_an_end_and_again_until_cancelled(client: OfficialClient) -> None:
    client.reqScannerSubscription(7, scan("MOST_ACTIVE", numberOfRows=3), [], [])
    events = client.after(1.0)
    assert names(events) == ["scannerData"] * 3 + ["scannerDataEnd"]
    rows = of(events, "scannerData")
    assert [row[:2] for row in rows] == [(7, 0), (7, 1), (7, 2)]
    assert rows[0][2].contract.symbol == "NVDA" and rows[0][2].contract.exchange == "SMART"
    assert rows[0][2].marketName == "NMS" and rows[0][3:] == ("", "", "", "")
    assert names(client.after(30.0)).count("scannerDataEnd") == 1
    client.cancelScannerSubscription(7)
    assert errors(client.take()) == [(7, 162)]
    assert client.after(100.0) == []


def test_bounds_of_price_volume_and_value_choose(client: OfficialClient) -> None:
    client.reqScannerSubscription(7, scan(abovePrice=400.0), [], [])
    client.reqScannerSubscription(8, scan(belowPrice=20.0), [], [])
    client.reqScannerSubscription(9, scan(stockTypeFilter="ETF"), [], [])
    rows = of(client.after(1.0), "scannerData")
    found = {req_id: {row[2].contract.symbol for row in rows if row[0] == req_id} for req_id in (7, 8, 9)}
    assert "MSFT" in found[7] and "VOD" not in found[7]
    assert found[8] == {"VOD"} and found[9] == {"SPY", "QQQ"}


def test_a_scan_that_finds_nothing_says_so(client: OfficialClient) -> None:
    client.reqScannerSubscription(7, scan(abovePrice=1e6), [], [])
    assert errors(client.after(1.0)) == [(7, 165)]


def test_ten_at_once_and_none_twice(client: OfficialClient) -> None:
    for number in range(11):
        client.reqScannerSubscription(100 + number, scan(numberOfRows=number + 1), [], [])
    assert errors(client.take()) == [(110, 322)]
    client.cancelScannerSubscription(100)
    client.reqScannerSubscription(101, scan(), [], [])
    client.reqScannerSubscription(111, scan(numberOfRows=2), [], [])
    assert errors(client.take()) == [(100, 162), (101, 322), (111, 162)]


def test_unknown_codes_are_refused(client: OfficialClient) -> None:
    client.reqScannerSubscription(1, scan("NO_SUCH_SCAN"), [], [])
    client.reqScannerSubscription(2, scan(instrument="BOND"), [], [])
    client.reqScannerSubscription(3, scan(instrument="STOCK.EU"), [], [])
    client.cancelScannerSubscription(1)
    assert errors(client.take()) == [(1, 162), (2, 162), (3, 162), (1, 365)]
