"""One model per reply. Rows of several parts are joined by the client in the order of `part`."""

from __future__ import annotations

from typing import Any

from twsbridge.protocol.fields import Int, Micros, WireModel
from twsbridge.protocol.line_state import LineGap, LineHeld
from twsbridge.protocol.models import (
    AccountValue,
    Break,
    Condition,
    Contract,
    ContractDetails,
    Execution,
    Halt,
    Notice,
    OnDeath,
    OrderState,
    Position,
    Unclosed,
)


class Head(WireModel):
    """Where a stream stands: `first` is the oldest seq that can be replayed, `next` the one to come."""

    epoch: str
    first: Int
    next: Int


class Welcome(WireModel):
    """Answer to `hello`: `sid` goes into the header of every later command."""

    sid: str
    server_ts_us: Micros
    protocol: tuple[Int, Int]
    version: str
    name: str
    role: str
    accounts: list[str]
    heads: dict[str, Head]
    state: str
    beat_ms: Int
    caps: list[str]


class Pong(WireModel):
    """Answer to `ping`: the bridge's clock."""

    server_ts_us: Micros


class Done(WireModel):
    """Nothing to say but that it is done."""


class TwsStatus(WireModel):
    """The far side as the bridge sees it. `mode` is live, paper or unknown; `farms` maps a farm to its state."""

    endpoint: str
    client_id: Int
    server_version: Int | None = None
    connection_time: str = ""
    mode: str = "unknown"
    read_only: bool | None = None
    next_order_id: Int | None = None
    farms: dict[str, str] = {}


class LineStatus(WireModel):
    """One line in use: what it carries, whether anything has come and when last, which clients have it (by name).

    `gap`: rows of it may be missing. `held`: TWS's pacing lets it wait. `market` is open, extended (outside regular
    hours), closed, or unknown; it is empty as long as nobody had to know.
    """

    topic: str
    contract: Contract
    market_data_type: Int | None = None
    state: str = "waiting"
    clients: list[str] = []
    generic_ticks: str = ""
    heard_us: Micros | None = None
    gap: LineGap | None = None
    held: LineHeld | None = None
    market: str = ""


class JournalStatus(WireModel):
    """The bridge's memory on disk: `state` is works, low (little room is left) or failed; `reason` says why."""

    state: str = "works"
    reason: str = ""
    free_bytes: Int | None = None


class OwnerStatus(WireModel):
    """A process with a dead-man switch: `orders` of it are not done. `state` is alive or gone; `silent_ms` so far."""

    client: str
    state: str
    on_death: OnDeath
    grace_ms: Int
    silent_ms: Int
    orders: Int


class Status(WireModel):
    """The bridge at a glance. `state` is READY when everything works; `reason` says why it is not.

    `conditions` is what stands in the way now, `breaks` where records and TWS differ.
    `lines` are the client's own, for an admin everybody's, of `lines_in_use` in all. Nothing is of other accounts.
    `owners` are the processes with a dead-man switch.
    `keys_fault` says what is wrong with the keys file, of which the last good version is in force;
    `limits_fault` the same of the limits file. `halts` is what the kill switch stops.
    """

    state: str
    reason: str
    version: str
    uptime_s: Int
    accounts: list[str]
    tws: TwsStatus
    heads: dict[str, Head]
    lines: list[LineStatus]
    working_orders: Int
    unknown_orders: Int
    notices: list[Notice]
    lines_in_use: Int = 0
    journal: JournalStatus = JournalStatus()
    conditions: list[Condition] = []
    breaks: list[Break] = []
    keys_fault: str = ""
    halts: list[Halt] = []
    limits_fault: str = ""
    owners: list[OwnerStatus] = []


class Replay(WireModel):
    """Events of one stream: each is [seq, type, ts_us, flags, body]. Ask again from `next` while it is below `head`."""

    stream: str
    epoch: str
    events: list[tuple[Int, str, Int, Int, dict[str, Any]]]
    next: Int
    head: Int


class Snapshot(WireModel):
    """State of one account's streams; events with a seq from `as_of[stream]` on come after it."""

    epoch: str
    as_of: dict[str, Int]
    orders: list[OrderState]
    positions: list[Position]
    values: list[AccountValue]


class AccountValues(WireModel):
    """Rows of an account summary."""

    rows: list[AccountValue]


class Positions(WireModel):
    """All holdings."""

    rows: list[Position]


class ContractMatches(WireModel):
    """Every contract that matches; more than one means that the question was ambiguous."""

    rows: list[ContractDetails]


class BarSource(WireModel):
    """Where some of the bars come from: what begins in [start_us, end_us), and which TWS told it when.

    Bars of a day and more stand at midnight UTC of their date.
    """

    start_us: Micros
    end_us: Micros
    count: Int
    fetched_us: Micros
    server_version: Int


class BarsProgress(WireModel):
    """How far a long answer is: the share `done` from 0 to 1, requests made to TWS, and perhaps what is left of it."""

    done: float
    requests: Int
    left_us: Micros | None = None


class BarsPart(WireModel):
    """A part of the answer to `history.bars` that comes before the bars, for who asked for `progress`."""

    progress: BarsProgress


class Bars(WireModel):
    """Bars as columns. `i64` and `f64` hold packed little-endian arrays (in JSON lists, with null for NaN).

    Intraday: `i64.time_us` is each bar's start. Daily and longer: `dates` holds YYYY-MM-DD and there is no `time_us`.
    `f64` has open, high, low, close, volume, wap; `i64` also has bar_count. `tz` is the exchange's zone.
    Bars that begin before `final_us` are whole and final (those of dates stand at midnight UTC).
    """

    contract: Contract
    bar_size: str
    what_to_show: str
    tz: str
    count: Int
    dates: list[str] | None = None
    i64: dict[str, bytes | list[int]]
    f64: dict[str, bytes | list[float | None]]
    sources: list[BarSource] = []
    final_us: Micros = 0


class QuoteLine(WireModel):
    """The topic on `md` to subscribe to; the line lives as long as somebody is subscribed."""

    topic: str
    contract: Contract
    min_tick: float | None = None


class OrderReply(WireModel):
    """The order as it stands. `duplicate` means: this client_order_id was accepted before; nothing new was sent."""

    order: OrderState
    duplicate: bool = False


class OrderGroup(WireModel):
    """The orders of a group as they stand, in the order in which they were given; `duplicate` as for one order."""

    orders: list[OrderState]
    duplicate: bool = False


class OrderRows(WireModel):
    """Orders, oldest first."""

    rows: list[OrderState]


class ExecutionRows(WireModel):
    """Executions from the journal, oldest first."""

    rows: list[Execution]


class CancelAllReply(WireModel):
    """The order ids for which a cancel was sent; empty for a global cancel."""

    order_ids: list[Int]


class HaltReply(WireModel):
    """All that stands, the orders for which a cancel was sent, and those of the scope that are not done.

    `verified`: a complete sweep that began after the cancels shows none of them, and, with `flatten`, no position is
    left. `closing` are the orders that close positions, `unclosed` the positions that are still there.
    """

    halts: list[Halt]
    cancelled: list[Int] = []
    left: list[OrderState] = []
    verified: bool = False
    closing: list[OrderState] = []
    unclosed: list[Unclosed] = []
