"""The kinds of streams on `md`: what their topics look like and what their rows are. One table for all parts.

A topic is `kind|subject:argument:...|`; `~250` before the last bar asks for the latest state every 250 ms at most, `~0`
for changes only. However it is asked for, one line at TWS serves all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from twsbridge.protocol import stream_rows as rows
from twsbridge.protocol.book import BookState
from twsbridge.protocol.stream_states import LatestState, ListState, QuoteState, StreamState

_CONTRACT = r"(?P<con_id>[1-9][0-9]{0,14})@(?P<exchange>[A-Za-z0-9._&-]{1,24})"
_ACCOUNT = r"(?P<account>[A-Za-z0-9._-]{1,32})"
_MODEL = r"(?::(?P<model>[A-Za-z0-9._-]{1,32}))?"
_RTH = r"(?P<rth>:rth)?"
_WORD = r"[A-Za-z0-9._-]{1,48}"
_TBT_ROWS = {"Last": rows.Trade, "AllLast": rows.Trade, "BidAsk": rows.BidAsk, "MidPoint": rows.MidPoint}


class StreamKind(NamedTuple):
    """One kind: how its subject is written, what a row is, how its state is kept, what it says.

    `conflates`: a subscriber may ask for no more than the latest state every now and then.
    """

    subject: str
    row: type[rows.StreamRow]
    state: Callable[[], StreamState]
    says: str
    conflates: bool = False


MAX_NEWS = 200
MAX_BARS = 50_000


def _last() -> StreamState:
    """One row; each is news."""
    return LatestState(lambda row: 0, once=False)


def _value() -> StreamState:
    """One row; said again, it is no news."""
    return LatestState(lambda row: 0)


def _bars() -> StreamState:
    return LatestState(lambda bar: bar.time, most=MAX_BARS)


def _news() -> StreamState:
    return LatestState(lambda news: (news.provider, news.article_id), most=MAX_NEWS)


def _bulletins() -> StreamState:
    return LatestState(lambda bulletin: bulletin.message_id, most=MAX_NEWS)


def _values() -> StreamState:
    return LatestState(lambda row: (row.account, row.model, row.tag, row.currency))


def _holdings() -> StreamState:
    return LatestState(lambda row: (row.account, row.model, row.contract.get("con_id")))


def _books() -> StreamState:
    return LatestState(lambda row: (row.account, row.owner, row.strategy, row.contract.get("con_id")))


KINDS: dict[str, StreamKind] = {
    "md": StreamKind(
        _CONTRACT + r"(?::(?P<ticks>[0-9]{1,3}(?:,[0-9]{1,3}){0,31}))?",
        rows.Tick,
        QuoteState,
        "Ticks of a contract: `md|265598@SMART|`, with generic ticks `md|265598@SMART:233,236|`.",
        conflates=True,
    ),
    "depth": StreamKind(
        _CONTRACT + r":(?P<rows>[1-9][0-9]?)(?P<smart>:smart)?",
        rows.DepthChange,
        BookState,
        "The order book: `depth|265598@ISLAND:10|`, of all exchanges at once `depth|265598@SMART:10:smart|`.",
        conflates=True,
    ),
    "tbt": StreamKind(
        _CONTRACT + r":(?P<what>Last|AllLast|BidAsk|MidPoint)",
        rows.Trade,
        _last,
        "Every single trade or quote: `tbt|265598@SMART:AllLast|`, also Last, BidAsk and MidPoint.",
    ),
    "bars5": StreamKind(
        _CONTRACT + r":(?P<what>TRADES|MIDPOINT|BID|ASK)" + _RTH,
        rows.StreamBar,
        _last,
        "Real-time bars of 5 s: `bars5|265598@SMART:TRADES|`, in regular hours only `bars5|265598@SMART:TRADES:rth|`.",
    ),
    "live": StreamKind(
        _CONTRACT
        + r":(?P<bar_size>[0-9]{1,2}_[a-z]{1,5}):(?P<duration>[0-9]{1,5}_[SDWMY]):(?P<what>[A-Z_]{3,16})"
        + _RTH,
        rows.StreamBar,
        _bars,
        "Historical bars kept up to date: `live|265598@SMART:1_min:1_D:TRADES:rth|`; the last bar changes as it grows.",
        conflates=True,
    ),
    "scan": StreamKind(
        rf"(?P<instrument>{_WORD}):(?P<location>{_WORD}):(?P<code>{_WORD}):(?P<rows>[1-9][0-9]?)"
        rf"(?::(?P<filters>{_WORD}={_WORD}(?:,{_WORD}={_WORD}){{0,11}}))?",
        rows.ScanRow,
        ListState,
        "A market scanner: `scan|STK:STK.US.MAJOR:TOP_PERC_GAIN:10:priceAbove=5|`.",
    ),
    "pnl": StreamKind(
        _ACCOUNT + _MODEL,
        rows.Pnl,
        _value,
        "Profit and loss of an account, or of a model in it: `pnl|DU1234567|`, `pnl|DU1234567:Tech|`.",
        conflates=True,
    ),
    "pnl_single": StreamKind(
        _ACCOUNT + r":(?P<con_id>[1-9][0-9]{0,14})" + _MODEL,
        rows.PnlSingle,
        _value,
        "Profit and loss of one holding: `pnl_single|DU1234567:265598|`.",
        conflates=True,
    ),
    "values": StreamKind(
        _ACCOUNT + _MODEL,
        rows.ModelValue,
        _values,
        "Values of an account or a model: `values|DU1234567:Tech|`.",
        conflates=True,
    ),
    "holdings": StreamKind(
        _ACCOUNT + _MODEL,
        rows.ModelPosition,
        _holdings,
        "Holdings of an account or a model: `holdings|DU1234567:Tech|`.",
        conflates=True,
    ),
    "books": StreamKind(
        _ACCOUNT + r"(?::(?P<owner>[A-Za-z0-9._-]{1,32}))?",
        rows.BookLine,
        _books,
        "Books of an account: `books|DU1234567|`; of one client, as traders have to say, `books|DU1234567:momentum|`.",
        conflates=True,
    ),
    "news": StreamKind(
        _CONTRACT + r"(?::(?P<providers>[A-Z0-9-]{1,16}(?:\+[A-Z0-9-]{1,16}){0,7}))?",
        rows.NewsTick,
        _news,
        "Headlines about a contract: `news|265598@SMART:BRFG+DJ-N|`.",
    ),
    "tape": StreamKind(
        r"(?P<provider>[A-Z0-9-]{1,16})", rows.NewsTick, _news, "Every headline of a provider: `tape|BRFG|`."
    ),
    "bulletins": StreamKind(
        r"all", rows.Bulletin, _bulletins, "IB's bulletins, also today's earlier ones: `bulletins|all|`."
    ),
    "group": StreamKind(
        r"(?P<group>[1-9][0-9]?)",
        rows.GroupContract,
        _value,
        "What a display group of TWS shows: `group|1|`.",
        conflates=True,
    ),
}
"""Kind -> what it is. A new one stands here, in the rules of the core, and in the callback that brings its rows."""

HAPPENING = frozenset({"tbt", "bars5", "news", "tape", "bulletins"})
"""Kinds whose rows are things that happened, and stay true; rows of the others tell how things are."""

LONGEST_PAUSE_MS = 3_600_000
_PAUSE = r"(?:~(?P<every_ms>0|[1-9][0-9]{0,6}))?"
_TOPICS = {
    name: re.compile(rf"{name}\|(?P<line>{kind.subject}){_PAUSE if kind.conflates else ''}\|", re.ASCII)
    for name, kind in KINDS.items()
}


@dataclass(frozen=True, slots=True)
class StreamTopic:
    """A topic, read: `line` is the topic without its pace, `given` are the named parts of the subject that it has."""

    kind: str
    line: str
    given: dict[str, str]
    every_ms: int | None = None

    @property
    def account(self) -> str:
        """The account that a subscriber needs a right to; empty for what belongs to no account."""
        return self.given.get("account", "")

    def new_state(self) -> StreamState:
        """Where its rows are kept, empty."""
        return KINDS[self.kind].state()

    @property
    def row(self) -> type[rows.StreamRow]:
        """What its rows are."""
        return _TBT_ROWS[self.given["what"]] if self.kind == "tbt" else KINDS[self.kind].row


def parse_stream(topic: str) -> StreamTopic | None:
    """What a topic of `md` asks for, or None when there is no such stream."""
    kind = topic.partition("|")[0]
    match = _TOPICS[kind].fullmatch(topic) if kind in _TOPICS else None
    if match is None:
        return None
    given = {name: value for name, value in match.groupdict().items() if value is not None}
    line, pause = given.pop("line"), given.pop("every_ms", None)
    every_ms = None if pause is None else int(pause)
    if every_ms is not None and every_ms > LONGEST_PAUSE_MS:
        return None
    return StreamTopic(kind, f"{kind}|{line}|", given, every_ms)


def stream_topic(kind: str, *subject: object, every_ms: int | None = None) -> str:
    """The topic of a stream; parts that are None or empty are left out. ValueError when there is no such stream."""
    parts = ":".join(str(part) for part in subject if part not in (None, ""))
    topic = f"{kind}|{parts}|" if every_ms is None else f"{kind}|{parts}~{every_ms}|"
    if parse_stream(topic) is None:
        known = KINDS.get(kind)
        what = known.says if known else f"there are {', '.join(KINDS)}"
        raise ValueError(f"no stream has the topic {topic!r}: {what}")
    return topic
