"""Fundamental reports."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.twssim.market_rig import MONDAY_NOON, market, the
from twssim.fundamental_reports import report_xml


@pytest.mark.parametrize("symbol", ["AAPL", "TSLA", "SPY"])
def test_a_snapshot_agrees_with_the_market(symbol: str) -> None:
    stock = the(symbol, exchange="SMART")
    quote = market().quote(stock.con_id, MONDAY_NOON)
    written = report_xml("ReportSnapshot", stock, quote)
    assert written is not None
    ratios = {each.get("FieldName"): each.text for each in ElementTree.fromstring(written).iter("Ratio")}
    assert ratios["NPRICE"] == f"{quote.last:f}"


def test_a_summary_has_four_years() -> None:
    stock = the("AAPL")
    written = report_xml("ReportsFinSummary", stock, market().quote(stock.con_id, MONDAY_NOON))
    assert written is not None
    dates = [each.get("asofDate") for each in ElementTree.fromstring(written).iter("EPS")]
    assert dates == ["2025-12-31", "2024-12-31", "2023-12-31", "2022-12-31"]


def test_other_reports_and_instruments_have_none() -> None:
    stock, pair = the("AAPL"), the("EUR", "CASH")
    quote = market().quote(stock.con_id, MONDAY_NOON)
    assert report_xml("RESC", stock, quote) is None
    assert report_xml("ReportSnapshot", pair, quote) is None
