"""Fundamental reports."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.twssim.official import VERSIONS, OfficialClient, errors, gateway, of, stock


@pytest.fixture(params=VERSIONS)
def client(request: pytest.FixtureRequest) -> OfficialClient:
    """A client at each kind of server version."""
    made = OfficialClient(gateway(), version=request.param)
    made.after(1.0)
    return made


def test_a_report_is_xml_about_the_company(client: OfficialClient) -> None:
    client.reqFundamentalData(7, stock(), "ReportSnapshot", [])
    ((req_id, written),) = of(client.after(1.0), "fundamentalData")
    report = ElementTree.fromstring(written)
    assert req_id == 7 and report.findtext("CoIDs/CoID") == "APPLE INC"


def test_others_are_not_available(client: OfficialClient) -> None:
    client.reqFundamentalData(1, stock(), "RESC", [])
    client.reqFundamentalData(2, stock("NOSUCH"), "ReportSnapshot", [])
    pair = stock("EUR", "USD", "IDEALPRO")
    pair.secType = "CASH"
    client.reqFundamentalData(3, pair, "ReportSnapshot", [])
    assert errors(client.after(1.0)) == [(1, 430), (2, 200), (3, 430)]


def test_a_cancelled_report_does_not_arrive(client: OfficialClient) -> None:
    client.reqFundamentalData(7, stock(), "ReportSnapshot", [])
    client.cancelFundamentalData(7)
    client.cancelFundamentalData(8)
    assert client.after(1.0) == []
