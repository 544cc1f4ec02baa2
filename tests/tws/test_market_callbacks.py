from __future__ import annotations

from decimal import Decimal

import ibapi.common
import ibapi.contract
import pytest
from ibapi.const import UNSET_DOUBLE
from ibapi.protobuf.TickPrice_pb2 import TickPrice
from ibapi.protobuf.TickSize_pb2 import TickSize

from twsbridge.protocol.line_state import Rerouted, TickParameters
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge.protocol.stream_rows import Tick
from twsbridge.protocol.tick_values import ExchangeForPhysicalTick
from twsbridge_server.core import inputs, stream_inputs
from twsbridge_server.core.stream_inputs import AboutLine, Ticks
from twsbridge_server.tws.market_callbacks import MarketCallbacks


@pytest.fixture
def callbacks() -> MarketCallbacks:
    return MarketCallbacks()


def bar(date: str = "1776094020", volume: str = "1200", wap: str = "190.123") -> ibapi.common.BarData:
    said = ibapi.common.BarData()
    said.date, said.open, said.high, said.low, said.close = date, 190.0, 191.0, 189.0, 190.5
    said.volume, said.wap, said.barCount = Decimal(volume), Decimal(wap), 17
    return said


def test_contract_details_of_both_kinds(callbacks: MarketCallbacks) -> None:
    said = ibapi.contract.ContractDetails()
    said.contract.conId = 265598
    callbacks.contractDetails(3, said)
    callbacks.bondContractDetails(3, said)
    callbacks.contractDetailsEnd(3)
    row = inputs.ContractDetailsRow(3, ContractDetails(contract=Contract(con_id=265598)))
    assert callbacks.said == [row, row, inputs.ContractDetailsEnd(3)]


def test_bars_are_one_input(callbacks: MarketCallbacks) -> None:
    callbacks.historicalData(4, bar("1776094020"))
    callbacks.historicalData(4, bar("1776094080", volume="-1", wap="-1"))
    callbacks.historicalDataEnd(4, "", "")
    first = stream_inputs.BarRow("1776094020", 190.0, 191.0, 189.0, 190.5, 1200.0, 190.123, 17)
    second = stream_inputs.BarRow("1776094080", 190.0, 191.0, 189.0, 190.5, -1.0, -1.0, 17)
    assert callbacks.said == [stream_inputs.HistoricalBars(4, (first, second)), stream_inputs.HistoricalEnd(4)]


def test_a_volume_that_is_not_set_is_ibs_mark_of_none(callbacks: MarketCallbacks) -> None:
    callbacks.historicalData(4, bar(volume="2147483647", wap="NaN"))
    assert callbacks.bars[0][5:7] == (-1.0, -1.0)


def test_a_bar_without_a_price_is_refused(callbacks: MarketCallbacks) -> None:
    said = bar()
    said.low = UNSET_DOUBLE
    with pytest.raises(ValueError, match="prices"):
        callbacks.historicalData(4, said)


def test_no_bars_are_nothing(callbacks: MarketCallbacks) -> None:
    callbacks.end_bars()
    assert callbacks.said == []


def test_ticks_of_the_protobuf_era(callbacks: MarketCallbacks) -> None:
    callbacks.tickPriceProtoBuf(TickPrice(reqId=5, tickType=1, price=190.25, size="100.00"))
    callbacks.tickPriceProtoBuf(TickPrice(reqId=5, tickType=2, price=-1.0, size="0"))
    callbacks.tickPriceProtoBuf(TickPrice(reqId=5, tickType=9))
    callbacks.tickSizeProtoBuf(TickSize(reqId=5, tickType=8, size="123456"))
    callbacks.tickSizeProtoBuf(TickSize(reqId=5, tickType=0))
    callbacks.tickGeneric(5, 49, 0.0)
    callbacks.tickString(5, 45, "1776094020")
    assert callbacks.said == [
        Ticks(5, (Tick(1, 190.25), Tick(0, "100"))),
        Ticks(5, (Tick(2, None), Tick(3, "0"))),
        Ticks(5, (Tick(9, None),)),
        Ticks(5, (Tick(8, "123456"),)),
        Ticks(5, (Tick(0, None),)),
        Ticks(5, (Tick(49, 0.0),)),
        Ticks(5, (Tick(45, "1776094020"),)),
    ]


def test_market_data_type_and_the_end_of_a_snapshot(callbacks: MarketCallbacks) -> None:
    callbacks.marketDataType(5, 3)
    callbacks.tickSnapshotEnd(5)
    assert callbacks.said == [stream_inputs.MarketDataType(5, 3), inputs.SnapshotEnd(5)]


def test_what_a_line_begins_with_and_where_it_is_rerouted(callbacks: MarketCallbacks) -> None:
    callbacks.tickReqParams(5, 0.01, "a60001", 3)
    callbacks.tickReqParams(5, UNSET_DOUBLE, "", 2**31 - 1)
    callbacks.rerouteMktDataReq(5, 265598, "SMART")
    callbacks.rerouteMktDepthReq(5, 265598, "ISLAND")
    assert callbacks.said == [
        AboutLine(5, TickParameters(min_tick=0.01, bbo_exchange="a60001", snapshot_permissions=3)),
        AboutLine(5, TickParameters()),
        AboutLine(5, Rerouted(con_id=265598, exchange="SMART")),
        AboutLine(5, Rerouted(con_id=265598, exchange="ISLAND")),
    ]


def test_exchange_for_physical_is_a_tick(callbacks: MarketCallbacks) -> None:
    callbacks.tickEFP(5, 38, 1.5, "1.5 bp", 190.5, 30, "20261218", 0.1, UNSET_DOUBLE)
    told = ExchangeForPhysicalTick(
        basis_points=1.5,
        formatted_basis_points="1.5 bp",
        implied_future=190.5,
        hold_days=30,
        future_last_trade_date="20261218",
        dividend_impact=0.1,
    )
    assert callbacks.said == [Ticks(5, (Tick(38, told.wire()),))]
