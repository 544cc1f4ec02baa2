"""Callbacks that bring rows of streams other than quotes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ibapi.common
import ibapi.contract

from twsbridge.protocol import stream_rows as rows
from twsbridge.protocol.fields import decimal_text
from twsbridge_server.core.stream_inputs import NO_ID, BarRow, HistoricalUpdate, StreamRows
from twsbridge_server.tws.bars import NO_VOLUME, bar_row, price, prices
from twsbridge_server.tws.collector import Collector
from twsbridge_server.tws.contracts import contract_from_tws
from twsbridge_server.tws.unset import integer, number, size, text

SECOND_US = 1_000_000
MILLISECOND_US = 1_000


class StreamCallbacks(Collector):
    """Books, tick-by-tick, bars, scanners, profit and loss, models, news, display groups."""

    def updateMktDepth(self, reqId: int, *said: Any) -> None:
        """One step of a book."""
        position, operation, side, price_, amount = said
        step = rows.DepthChange(position, operation, side, price(price_), _size(amount))
        self.said.append(StreamRows(reqId, (step,)))

    def updateMktDepthL2(self, reqId: int, *said: Any) -> None:
        """One step of a book whose rows have makers, or exchanges."""
        position, maker, operation, side, price_, amount, _is_smart = said
        step = rows.DepthChange(position, operation, side, price(price_), _size(amount), text(maker))
        self.said.append(StreamRows(reqId, (step,)))

    def tickByTickAllLast(self, reqId: int, *said: Any) -> None:
        """One trade."""
        _kind, time, price_, amount, attributes, exchange, conditions = said
        marks = (bool(attributes.pastLimit), bool(attributes.unreported))
        what = (time * SECOND_US, price(price_), _size(amount), text(exchange), text(conditions))
        self.said.append(StreamRows(reqId, (rows.Trade(*what, *marks),)))

    def tickByTickBidAsk(self, reqId: int, *said: Any) -> None:
        """Bid or ask has changed."""
        time, bid, ask, bid_size, ask_size, attributes = said
        marks = (bool(attributes.bidPastLow), bool(attributes.askPastHigh))
        sizes = (_size(bid_size), _size(ask_size))
        self.said.append(StreamRows(reqId, (rows.BidAsk(time * SECOND_US, price(bid), price(ask), *sizes, *marks),)))

    def tickByTickMidPoint(self, reqId: int, time: int, midPoint: float) -> None:
        """The middle has changed."""
        self.said.append(StreamRows(reqId, (rows.MidPoint(time * SECOND_US, price(midPoint)),)))

    def realtimeBar(self, reqId: int, *said: Any) -> None:
        """Five seconds are over."""
        time, first, high, low, last, volume, wap, count = said
        amounts = (_amount(volume), _amount(wap))
        bar = rows.StreamBar(time * SECOND_US, *prices(first, high, low, last), *amounts, integer(count) or 0)
        self.said.append(StreamRows(reqId, (bar,)))

    def historicalDataUpdate(self, reqId: int, bar: ibapi.common.BarData) -> None:
        """The bar that grows, or the one after it."""
        row: BarRow = bar_row(bar)
        self.said.append(HistoricalUpdate(reqId, row))

    def scannerData(self, reqId: int, rank: int, contractDetails: ibapi.contract.ContractDetails, *said: str) -> None:
        """One contract that was found."""
        contract = contract_from_tws(contractDetails.contract).wire()
        self.scanned.append(rows.ScanRow(rank, contract, *map(text, said)))

    def scannerDataEnd(self, reqId: int) -> None:
        """The list of this moment is complete; it takes the place of the one before."""
        found, self.scanned = self.scanned, []
        self.said.append(StreamRows(reqId, tuple(found), whole=True))

    def pnl(self, reqId: int, *said: float | None) -> None:
        """Profit and loss of an account."""
        self.said.append(StreamRows(reqId, (rows.Pnl(*map(number, said)),)))

    def pnlSingle(self, reqId: int, pos: Decimal, *said: float | None) -> None:
        """Profit and loss of a holding."""
        held = size(pos)
        position = None if held is None else decimal_text(held)
        self.said.append(StreamRows(reqId, (rows.PnlSingle(position, *map(number, said)),)))

    def accountUpdateMulti(self, reqId: int, *said: str) -> None:
        """One value of an account or a model."""
        self.said.append(StreamRows(reqId, (rows.ModelValue(*map(text, said)),)))

    def accountUpdateMultiEnd(self, reqId: int) -> None:
        """All values were told once."""
        self.said.append(StreamRows(reqId, ()))

    def positionMultiEnd(self, reqId: int) -> None:
        """All holdings were told once; there may be none."""
        self.said.append(StreamRows(reqId, ()))

    def positionMulti(self, reqId: int, *said: Any) -> None:
        """One holding of an account or a model."""
        account, model, contract, held, cost = said
        where = (text(account), text(model or ""), contract_from_tws(contract).wire())
        self.said.append(StreamRows(reqId, (rows.ModelPosition(*where, _size(held), number(cost)),)))

    def tickNews(self, reqId: int, timeStamp: int, *said: str) -> None:
        """One headline."""
        self.said.append(StreamRows(reqId, (rows.NewsTick(timeStamp * MILLISECOND_US, *map(text, said)),)))

    def updateNewsBulletin(self, msgId: int, msgType: int, newsMessage: str, originExch: str) -> None:
        """One bulletin."""
        bulletin = rows.Bulletin(msgId, msgType, text(newsMessage), text(originExch))
        self.said.append(StreamRows(NO_ID, (bulletin,)))

    def displayGroupUpdated(self, reqId: int, contractInfo: str) -> None:
        """Another contract is shown."""
        self.said.append(StreamRows(reqId, (rows.GroupContract(text(contractInfo)),)))


def _size(amount: Decimal | str | None) -> str:
    """A size in the shortest plain notation. ValueError when it is missing."""
    exact = size(amount)
    if exact is None:
        raise ValueError("a row without its size")
    return decimal_text(exact)


def _amount(said: Decimal) -> float:
    amount = size(said)
    return NO_VOLUME if amount is None else float(amount)
