"""What the parts of an answer become: a list of rows, the one part there is, or columns of ticks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from twsbridge.protocol.columns import pack_floats, pack_ints
from twsbridge.protocol.fields import WireModel
from twsbridge.protocol.query_replies import Headline, Headlines, HistoricalTicks, OptionChain, OptionChains
from twsbridge_server.core.queries.questions import HistoricalTicks as TicksAsked


class TradeTick(NamedTuple):
    """A trade."""

    time: int
    price: float
    size: float
    past_limit: bool
    unreported: bool
    exchange: str
    special_conditions: str


class BidAskTick(NamedTuple):
    """Best bid and ask."""

    time: int
    bid: float
    ask: float
    bid_size: float
    ask_size: float
    bid_past_low: bool
    ask_past_high: bool


class MidpointTick(NamedTuple):
    """A midpoint."""

    time: int
    price: float


FLAGS = ("past_limit", "unreported", "bid_past_low", "ask_past_high")
TEXTS = ("exchange", "special_conditions")
TICKS: dict[str, type[TradeTick] | type[BidAskTick] | type[MidpointTick]] = {
    "TRADES": TradeTick,
    "BID_ASK": BidAskTick,
    "MIDPOINT": MidpointTick,
}


def only(question: Any, parts: list[Any]) -> Any:
    """The one part of an answer that comes whole; ValueError when there is none."""
    if not parts:
        raise ValueError("it is empty")
    return parts[0]


def rows_of(reply: Callable[..., WireModel]) -> Callable[[Any, list[Any]], WireModel]:
    """All parts as the rows of a reply."""
    return lambda question, parts: reply(rows=parts)


def chains(question: Any, parts: list[OptionChain]) -> OptionChains:
    """TWS tells the chains in any order."""
    return OptionChains(rows=sorted(parts, key=lambda chain: (chain.exchange, chain.trading_class, chain.multiplier)))


def headlines(question: Any, parts: list[Headline | bool]) -> Headlines:
    """Headlines, and TWS's word on whether there are more."""
    rows = [part for part in parts if isinstance(part, Headline)]
    return Headlines(rows=rows, has_more=True in parts)


def ticks(question: TicksAsked, parts: list[Any]) -> HistoricalTicks:
    """Ticks as packed columns, those of the kind that was asked for, also when there is none."""
    columns = {name: [getattr(tick, name) for tick in parts] for name in TICKS[question.what_to_show]._fields}
    times = {"time_us": pack_ints([seconds * 1_000_000 for seconds in columns.pop("time")])}
    flags = {name: pack_ints(columns.pop(name)) for name in FLAGS if name in columns}
    texts = {name: columns.pop(name) for name in TEXTS if name in columns}
    numbers = {name: pack_floats(column) for name, column in columns.items()}
    return HistoricalTicks(
        what_to_show=question.what_to_show, count=len(parts), i64={**times, **flags}, f64={**numbers}, texts=texts
    )
