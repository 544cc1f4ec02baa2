"""Callbacks about contracts, bars and ticks."""

from __future__ import annotations

from typing import Any

import ibapi.common
import ibapi.contract

from twsbridge_server.core.inputs import (
    BarRow,
    ContractDetailsEnd,
    ContractDetailsRow,
    HistoricalBars,
    HistoricalEnd,
    MarketDataType,
    SnapshotEnd,
    Tick,
    Ticks,
)
from twsbridge_server.tws.collector import Collector
from twsbridge_server.tws.contracts import details_from_tws
from twsbridge_server.tws.ticks import price_ticks, size_value
from twsbridge_server.tws.unset import integer, number, size, text

NO_VOLUME = -1.0
"""IB's own mark on bars that have no volume, such as those of midpoints."""


class MarketCallbacks(Collector):
    """Contract details, historical bars, and ticks of the protobuf era (those of the text era: ticks.py)."""

    def contractDetails(self, reqId: int, contractDetails: ibapi.contract.ContractDetails) -> None:
        """One match."""
        self.said.append(ContractDetailsRow(reqId, details_from_tws(contractDetails)))

    def bondContractDetails(self, reqId: int, contractDetails: ibapi.contract.ContractDetails) -> None:
        """One match that is a bond."""
        self.contractDetails(reqId, contractDetails)

    def contractDetailsEnd(self, reqId: int) -> None:
        """All matches were given."""
        self.said.append(ContractDetailsEnd(reqId))

    def historicalData(self, reqId: int, bar: ibapi.common.BarData) -> None:
        """One bar of a message full of them."""
        self.bars_req_id = reqId
        self.bars.append(_bar(bar))

    def historicalDataEnd(self, reqId: int, start: str, end: str) -> None:
        """All bars were given; before server version 196 this is said in the message with the bars."""
        self.end_bars()
        self.said.append(HistoricalEnd(reqId))

    def end_bars(self) -> None:
        """The bars so far as one input."""
        if self.bars:
            self.said.append(HistoricalBars(self.bars_req_id, tuple(self.bars)))
            self.bars = []

    def marketDataType(self, reqId: int, marketDataType: int) -> None:
        """Live, frozen, delayed or delayed-frozen."""
        self.said.append(MarketDataType(reqId, marketDataType))

    def tickPriceProtoBuf(self, tickPriceProto: Any) -> None:
        """A price with its size; the plain callbacks that follow would tear them apart."""
        proto = tickPriceProto
        price = proto.price if proto.HasField("price") else float("nan")
        self.said.append(Ticks(proto.reqId, price_ticks(proto.tickType, price, proto.size)))

    def tickSizeProtoBuf(self, tickSizeProto: Any) -> None:
        """A size that came by itself."""
        proto = tickSizeProto
        self.said.append(Ticks(proto.reqId, (Tick(proto.tickType, size_value(proto.size)),)))

    def tickGeneric(self, reqId: int, tickType: int, value: float) -> None:
        """A number."""
        self.said.append(Ticks(reqId, (Tick(tickType, number(value)),)))

    def tickString(self, reqId: int, tickType: int, value: str) -> None:
        """A text."""
        self.said.append(Ticks(reqId, (Tick(tickType, text(value)),)))

    def tickSnapshotEnd(self, reqId: int) -> None:
        """A snapshot is complete."""
        self.said.append(SnapshotEnd(reqId))


def _bar(said: ibapi.common.BarData) -> BarRow:
    prices = [number(price) for price in (said.open, said.high, said.low, said.close)]
    if None in prices:
        raise ValueError("a bar without one of its prices")
    first, highest, lowest, last = (price or 0.0 for price in prices)
    volume, wap = (size(amount) for amount in (said.volume, said.wap))
    return BarRow(
        text(said.date),
        first,
        highest,
        lowest,
        last,
        NO_VOLUME if volume is None else float(volume),
        NO_VOLUME if wap is None else float(wap),
        integer(said.barCount) or 0,
    )
