"""Callbacks about contracts, bars and ticks."""

from __future__ import annotations

from typing import Any

import ibapi.common
import ibapi.contract

from twsbridge.protocol.line_state import Rerouted, TickParameters
from twsbridge.protocol.stream_rows import Tick
from twsbridge_server.core.inputs import ContractDetailsEnd, ContractDetailsRow, SnapshotEnd
from twsbridge_server.core.stream_inputs import AboutLine, HistoricalBars, HistoricalEnd, MarketDataType, Ticks
from twsbridge_server.tws.bars import bar_row
from twsbridge_server.tws.collector import Collector
from twsbridge_server.tws.contracts import details_from_tws
from twsbridge_server.tws.ticks import price_ticks, size_value
from twsbridge_server.tws.unset import integer, number, text


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
        self.bars.append(bar_row(bar))

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

    def tickEFP(self, reqId: int, tickType: int, *said: Any) -> None:
        """Exchange for physical."""
        points, formatted, implied, days, date, impact, dividends = said
        value = {
            "basis_points": number(points),
            "formatted_basis_points": text(formatted),
            "implied_future": number(implied),
            "hold_days": integer(days),
            "future_last_trade_date": text(date),
            "dividend_impact": number(impact),
            "dividends_to_last_trade_date": number(dividends),
        }
        self.said.append(Ticks(reqId, (Tick(tickType, value),)))

    def tickReqParams(self, tickerId: int, minTick: float, bboExchange: str, snapshotPermissions: int) -> None:
        """What a line begins with."""
        known = TickParameters(
            min_tick=number(minTick),
            bbo_exchange=text(bboExchange),
            snapshot_permissions=integer(snapshotPermissions),
        )
        self.said.append(AboutLine(tickerId, known))

    def rerouteMktDataReq(self, reqId: int, conId: int, exchange: str) -> None:
        """Another contract has the quotes of this contract for difference."""
        self.said.append(AboutLine(reqId, Rerouted(con_id=conId, exchange=text(exchange))))

    def rerouteMktDepthReq(self, reqId: int, conId: int, exchange: str) -> None:
        """Another contract has the book of this contract for difference."""
        self.said.append(AboutLine(reqId, Rerouted(con_id=conId, exchange=text(exchange))))

    def tickSnapshotEnd(self, reqId: int) -> None:
        """A snapshot is complete."""
        self.said.append(SnapshotEnd(reqId))
