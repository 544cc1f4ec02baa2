from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import ibapi.common
import ibapi.contract
import pytest

from twsbridge.protocol import stream_rows as rows
from twsbridge_server.core.stream_inputs import NO_ID, BarRow, HistoricalUpdate, StreamRows
from twsbridge_server.tws.stream_callbacks import StreamCallbacks

US = 1_000_000
UNSET = 1.7976931348623157e308
LAST = SimpleNamespace(pastLimit=False, unreported=True)
QUOTED = SimpleNamespace(bidPastLow=True, askPastHigh=False)
TRADE = rows.Trade(7 * US, 9.5, "3", "IEX", "T", False, True)
BID_ASK = rows.BidAsk(7 * US, 9.0, 9.5, "1", "2", True, False)
BAR = rows.StreamBar(7 * US, 1.0, 4.0, 0.5, 2.0, 10.0, 1.5, 3)
SAID: list[tuple[str, tuple[Any, ...], rows.StreamRow]] = [
    ("updateMktDepth", (2, 1, 0, 9.5, Decimal("3.0")), rows.DepthChange(2, 1, 0, 9.5, "3")),
    ("updateMktDepthL2", (0, "NSDQ", 0, 1, 9.5, Decimal(3), True), rows.DepthChange(0, 0, 1, 9.5, "3", "NSDQ")),
    ("tickByTickAllLast", (1, 7, 9.5, Decimal(3), LAST, "IEX", "T"), TRADE),
    ("tickByTickBidAsk", (7, 9.0, 9.5, Decimal(1), Decimal(2), QUOTED), BID_ASK),
    ("tickByTickMidPoint", (7, 9.25), rows.MidPoint(7 * US, 9.25)),
    ("realtimeBar", (7, 1.0, 4.0, 0.5, 2.0, Decimal(10), Decimal("1.5"), 3), BAR),
    ("pnl", (1.5, UNSET, None), rows.Pnl(1.5, None, None)),
    ("pnlSingle", (Decimal("5.0"), 1.5, UNSET, None, 950.0), rows.PnlSingle("5", 1.5, None, None, 950.0)),
    ("accountUpdateMulti", ("DU1", "Tech", "Cash", "5", "USD"), rows.ModelValue("DU1", "Tech", "Cash", "5", "USD")),
    ("tickNews", (7, "BRFG", "BRFG$1", "Up", "L:en"), rows.NewsTick(7_000, "BRFG", "BRFG$1", "Up", "L:en")),
    ("displayGroupUpdated", ("8314@SMART",), rows.GroupContract("8314@SMART")),
]  # fmt: skip


@pytest.fixture
def callbacks() -> StreamCallbacks:
    return StreamCallbacks()


@pytest.mark.parametrize(("name", "said", "row"), SAID, ids=[name for name, *_ in SAID])
def test_one_row(callbacks: StreamCallbacks, name: str, said: tuple[Any, ...], row: rows.StreamRow) -> None:
    getattr(callbacks, name)(9, *said)
    assert callbacks.said == [StreamRows(9, (row,))]


def test_bulletins_have_no_request(callbacks: StreamCallbacks) -> None:
    callbacks.updateNewsBulletin(7, 2, "halted", "NYSE")
    assert callbacks.said == [StreamRows(NO_ID, (rows.Bulletin(7, 2, "halted", "NYSE"),))]


def test_a_scan_is_one_list(callbacks: StreamCallbacks) -> None:
    for rank, con_id in enumerate((5, 6)):
        details = ibapi.contract.ContractDetails()
        details.contract.conId = con_id
        callbacks.scannerData(9, rank, details, "1", "2", "3", "4")
    assert callbacks.said == []
    callbacks.scannerDataEnd(9)
    callbacks.scannerDataEnd(9)
    first, second = callbacks.said
    assert isinstance(first, StreamRows) and first.whole
    assert [(row.rank, row.contract["con_id"], *row[2:]) for row in first.rows if isinstance(row, rows.ScanRow)] == [
        (0, 5, "1", "2", "3", "4"),
        (1, 6, "1", "2", "3", "4"),
    ]
    assert second == StreamRows(9, (), whole=True)


def test_a_bar_that_grows(callbacks: StreamCallbacks) -> None:
    bar = ibapi.common.BarData()
    bar.date, bar.open, bar.high, bar.low, bar.close = "1776094020", 1.0, 4.0, 0.5, 2.0
    bar.volume, bar.wap, bar.barCount = Decimal(-1), Decimal(-1), -1
    callbacks.historicalDataUpdate(9, bar)
    row = BarRow("1776094020", 1.0, 4.0, 0.5, 2.0, -1.0, -1.0, -1)
    assert callbacks.said == [HistoricalUpdate(9, row)]


def test_holdings_of_a_model_and_ends(callbacks: StreamCallbacks) -> None:
    contract = ibapi.contract.Contract()
    contract.conId = 5
    callbacks.positionMulti(9, "DU1", "", contract, Decimal("-3.0"), UNSET)
    callbacks.positionMultiEnd(9)
    callbacks.accountUpdateMultiEnd(8)
    row, *ends = callbacks.said
    assert isinstance(row, StreamRows) and isinstance(row.rows[0], rows.ModelPosition)
    assert (row.rows[0].position, row.rows[0].avg_cost, row.rows[0].contract["con_id"]) == ("-3", None, 5)
    assert ends == [StreamRows(9, ()), StreamRows(8, ())]


def test_a_row_without_its_size_is_refused(callbacks: StreamCallbacks) -> None:
    with pytest.raises(ValueError, match="without its size"):
        callbacks.updateMktDepth(9, 0, 0, 0, 9.5, Decimal(str(2**127 - 1)))
