"""The part of the client that watches: streams that cost TWS one line each, however many processes have them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from twsbridge.bars import Bar
from twsbridge.channel import Channel, build
from twsbridge.contracts import ContractLike, to_contract
from twsbridge.errors import InvalidRequest, make_error
from twsbridge.order_book import BookMaker, OrderBook
from twsbridge.protocol import commands, replies
from twsbridge.protocol.stream_rows import (
    BidAsk,
    Bulletin,
    GroupContract,
    MidPoint,
    NewsTick,
    Pnl,
    PnlSingle,
    ScanRow,
    StreamBar,
    StreamRow,
    Trade,
)
from twsbridge.protocol.streams import parse_stream, stream_topic
from twsbridge.row_stream import RowStream, each_row
from twsbridge.ticks import TickStream
from twsbridge.times import to_datetime

TickByTick = Literal["Last", "AllLast", "BidAsk", "MidPoint"]
WhatToShow = Literal["TRADES", "MIDPOINT", "BID", "ASK"]


class Watching:
    """Streams: iterators and context managers. What is known already comes first; leaving the block closes them.

    `every_ms` asks for no more than the latest state every so many milliseconds (0: changes only). A `timeout` raises
    TimeoutError after so many seconds of silence.
    """

    _channel: Channel

    def ticks(
        self,
        *contracts: ContractLike,
        timeout: float | None = None,
        every_ms: int | None = None,
        generic_ticks: Sequence[int] = (),
    ) -> TickStream:
        """Quotes of these contracts as they change: `with client.ticks("AAPL") as ticks: for quote in ticks: ...`.

        With a `timeout`, silence of so many seconds raises TimeoutError. `generic_ticks` are IB's numbers.
        """
        lines = [self._line(contract) for contract in contracts]
        extra = ",".join(map(str, sorted(set(generic_ticks))))
        paced = [each.model_copy(update={"topic": _topic("md", _where(each), extra, every_ms)}) for each in lines]
        return TickStream(self._channel, paced, timeout)

    def depth(
        self,
        contract: ContractLike,
        rows: int = 10,
        smart: bool = False,
        every_ms: int | None = None,
        timeout: float | None = None,
    ) -> RowStream[OrderBook]:
        """The order book, whole after every change; `smart` joins the books of all exchanges."""
        where = _where(self._line(contract))
        topic = _topic("depth", where, rows, "smart" if smart else None, every_ms)
        return RowStream(self._channel, topic, BookMaker().take, timeout)

    def tick_by_tick(
        self, contract: ContractLike, what: TickByTick = "AllLast", timeout: float | None = None
    ) -> RowStream[Trade | BidAsk | MidPoint]:
        """Every single trade (Last, AllLast) or quote (BidAsk, MidPoint). TWS allows few of these."""
        return self.rows(_topic("tbt", _where(self._line(contract)), what), timeout)

    def real_time_bars(
        self, contract: ContractLike, what_to_show: WhatToShow = "TRADES", use_rth: bool = False
    ) -> RowStream[Bar]:
        """Bars of 5 seconds as they end."""
        where = _where(self._line(contract))
        return RowStream(self._channel, _topic("bars5", where, what_to_show, _rth(use_rth)), _bars)

    def live_bars(
        self,
        contract: ContractLike,
        duration: str = "1 D",
        bar_size: str = "1 min",
        what_to_show: WhatToShow = "TRADES",
        use_rth: bool = True,
    ) -> RowStream[Bar]:
        """Historical bars until now, then the last one again and again as it grows, and the next. Times are UTC."""
        where, size, length = _where(self._line(contract)), bar_size.replace(" ", "_"), duration.replace(" ", "_")
        return RowStream(self._channel, _topic("live", where, size, length, what_to_show, _rth(use_rth)), _bars)

    def scanner(
        self,
        scan_code: str,
        instrument: str = "STK",
        location: str = "STK.US.MAJOR",
        rows: int = 10,
        filters: dict[str, object] | None = None,
    ) -> RowStream[list[ScanRow]]:
        """What a market scanner finds, a whole list every half minute. `filters` by IB's names: {"abovePrice": 5}."""
        chosen = ",".join(f"{name}={value}" for name, value in sorted((filters or {}).items()))
        return RowStream(self._channel, _topic("scan", instrument, location, scan_code, rows, chosen), _lists)

    def pnl(self, account: str, model: str = "", every_ms: int | None = None) -> RowStream[Pnl]:
        """Profit and loss of an account, or of one model in it."""
        return self.rows(_topic("pnl", account, model, every_ms))

    def pnl_single(
        self, account: str, con_id: int, model: str = "", every_ms: int | None = None
    ) -> RowStream[PnlSingle]:
        """Profit and loss of one holding."""
        return self.rows(_topic("pnl_single", account, con_id, model, every_ms))

    def news(self, contract: ContractLike, providers: Sequence[str] = ()) -> RowStream[NewsTick]:
        """Headlines about a contract, of all providers that the login has or of these; `rows` reads whole tapes."""
        return self.rows(_topic("news", _where(self._line(contract)), "+".join(providers)))

    def bulletins(self) -> RowStream[Bulletin]:
        """IB's bulletins, today's earlier ones first."""
        return self.rows("bulletins|all|")

    def display_group(self, group: int) -> RowStream[GroupContract]:
        """What a display group of TWS shows."""
        return self.rows(_topic("group", group))

    def rows(self, topic: str, timeout: float | None = None) -> RowStream[Any]:
        """The rows of any topic that clients/README.md lists, such as `tape|BRFG|` or `values|DU1234567:Tech|`."""
        if parse_stream(topic) is None:
            raise InvalidRequest(make_error("req.invalid", f"No stream has the topic {topic!r}"))
        return RowStream(self._channel, topic, each_row, timeout)

    def _line(self, contract: ContractLike, timeout: float | None = None) -> replies.QuoteLine:
        command = build(commands.OpenQuote, contract=to_contract(contract))
        return self._channel.ask(command, replies.QuoteLine, timeout)


def _topic(kind: str, *subject: object) -> str:
    """The topic of a stream; raises InvalidRequest when there is none. The last part may be the pace."""
    *parts, every_ms = subject if kind in _PACED else (*subject, None)
    try:
        return stream_topic(kind, *parts, every_ms=every_ms if isinstance(every_ms, int) else None)
    except ValueError as error:
        raise InvalidRequest(make_error("req.invalid", str(error))) from None


_PACED = frozenset({"md", "depth", "pnl", "pnl_single"})


def _where(line: replies.QuoteLine) -> str:
    """`con_id@exchange`, as the bridge wrote it."""
    return line.topic.split("|")[1]


def _rth(use_rth: bool) -> str | None:
    return "rth" if use_rth else None


def _lists(rows: list[StreamRow], is_image: bool) -> list[list[Any]]:
    return [rows]


def _bars(rows: list[StreamRow], is_image: bool) -> list[Bar]:
    return [_bar(row) for row in rows if isinstance(row, StreamBar)]


def _bar(row: StreamBar) -> Bar:
    start = date.fromisoformat(row.time) if isinstance(row.time, str) else to_datetime(row.time)
    has_volume = row.volume >= 0
    more = (row.volume, row.wap, row.bar_count) if has_volume else (None, None, None)
    return Bar(start, row.open, row.high, row.low, row.close, *more)
