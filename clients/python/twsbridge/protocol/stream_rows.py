"""Rows of the streams on `md`: on the wire an array of these values, in this order. Sizes are decimal strings."""

from __future__ import annotations

from typing import Any, NamedTuple

TickValue = float | str | dict[str, Any] | None
"""What a tick says; tick_values.py has the maps."""


class Tick(NamedTuple):
    """One tick: IB's tick type, and its value: a price (float or None), a size (decimal string), a number, a text, or,
    of some types, a map.
    """

    tick_type: int
    value: TickValue


class DepthChange(NamedTuple):
    """One step of a book: operation 0 insert, 1 update, 2 delete; side 0 ask, 1 bid. An image has only inserts."""

    position: int
    operation: int
    side: int
    price: float
    size: str
    market_maker: str = ""


class Trade(NamedTuple):
    """One trade of a tick-by-tick stream (Last, AllLast); time in microseconds UTC, to the second."""

    time_us: int
    price: float
    size: str
    exchange: str
    special_conditions: str
    past_limit: bool
    unreported: bool


class BidAsk(NamedTuple):
    """One change of bid or ask of a tick-by-tick stream; time in microseconds UTC, to the second."""

    time_us: int
    bid: float
    ask: float
    bid_size: str
    ask_size: str
    bid_past_low: bool
    ask_past_high: bool


class MidPoint(NamedTuple):
    """One change of the middle between bid and ask; time in microseconds UTC, to the second."""

    time_us: int
    price: float


class StreamBar(NamedTuple):
    """A bar of a stream. `time` is its start: microseconds UTC, or the day as yyyy-mm-dd for bars of days and longer.

    A volume or wap that does not exist, as for midpoints, is -1.
    """

    time: int | str
    open: float
    high: float
    low: float
    close: float
    volume: float
    wap: float
    bar_count: int


class ScanRow(NamedTuple):
    """One contract that a scanner has found; a frame has the whole list, `rank` 0 first. `contract` is a map."""

    rank: int
    contract: dict[str, Any]
    distance: str
    benchmark: str
    projection: str
    legs: str


class Pnl(NamedTuple):
    """Profit and loss of an account or a model in its base currency; None where TWS has no value yet."""

    daily: float | None
    unrealized: float | None
    realized: float | None


class PnlSingle(NamedTuple):
    """Profit and loss of one holding; None where TWS has no value yet."""

    position: str | None
    daily: float | None
    unrealized: float | None
    realized: float | None
    value: float | None


class ModelValue(NamedTuple):
    """One value of an account, or of one model in it."""

    account: str
    model: str
    tag: str
    value: str
    currency: str


class ModelPosition(NamedTuple):
    """One holding of an account, or of one model in it; zero means closed. `contract` is a map."""

    account: str
    model: str
    contract: dict[str, Any]
    position: str
    avg_cost: float | None


class NewsTick(NamedTuple):
    """One headline; `article_id` with `provider` is what the article is asked for by."""

    time_us: int
    provider: str
    article_id: str
    headline: str
    extra: str


class Bulletin(NamedTuple):
    """A bulletin of IB: type 1 news, 2 an exchange is not available, 3 it is again."""

    message_id: int
    type: int
    text: str
    exchange: str


class GroupContract(NamedTuple):
    """What a display group of TWS shows: con_id@exchange, `none`, or `combo`."""

    contract: str


class BookLine(NamedTuple):
    """A book as `books.list` has it (`Book`); `owner` null is the rest that belongs to no client."""

    account: str
    owner: str | None
    strategy: str
    contract: dict[str, Any]
    position: str
    avg_cost: float | None
    realized_pnl: str | None
    commissions: dict[str, str]
    executions: int


StreamRow = (
    Tick
    | DepthChange
    | Trade
    | BidAsk
    | MidPoint
    | StreamBar
    | ScanRow
    | Pnl
    | PnlSingle
    | ModelValue
    | ModelPosition
    | NewsTick
    | Bulletin
    | GroupContract
    | BookLine
)
"""What the frames of `md` are made of."""
