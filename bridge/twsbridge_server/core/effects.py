"""Everything the bridge can want done. The order of effects is the order of execution.

The shell writes all journal rows of a turn in one transaction before it sends or publishes anything that follows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twsbridge.protocol.errors import WireError
from twsbridge.protocol.fields import WireModel
from twsbridge.protocol.stream_rows import StreamRow
from twsbridge_server.core.calls import TwsCall
from twsbridge_server.core.history.blocks import Block, SeriesKey
from twsbridge_server.core.history.spans import Span
from twsbridge_server.core.rights import Rights


@dataclass(frozen=True, slots=True)
class ConnectTws:
    """Open a new connection and shake hands; the answer is `TwsConnected` or `TwsLost`."""


@dataclass(frozen=True, slots=True)
class DisconnectTws:
    """Close the connection; `TwsLost` with this reason follows as an input."""

    reason: str


@dataclass(frozen=True, slots=True)
class CallTws:
    """Send one request to TWS; not any more once `expires_us` has come, whatever it had to wait for."""

    call: TwsCall
    expires_us: int | None = None


@dataclass(frozen=True, slots=True)
class SendReply:
    """Answer a command: `body` on success, else `error`. A `part` with `more` is not the last of this answer."""

    route: bytes
    request_id: str
    command: str
    body: WireModel | None = None
    error: WireError | None = None
    is_json: bool = False
    part: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class SendReplay:
    """Answer a `replay` command from the journal: up to `limit` events of `stream` from `from_seq` on."""

    route: bytes
    request_id: str
    stream: str
    from_seq: int
    limit: int
    is_json: bool = False


@dataclass(frozen=True, slots=True)
class SendExecutions:
    """Answer an `executions.list` command from the journal, with what these rights may see."""

    route: bytes
    request_id: str
    account: str
    since_us: int | None
    is_json: bool = False
    rights: Rights = Rights()


@dataclass(frozen=True, slots=True)
class PublishEvent:
    """Publish on `evt`. `seq` 0 marks the unsequenced ones (heartbeat, sync)."""

    topic: str
    epoch: str
    seq: int
    type: str
    ts_us: int
    flags: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PublishTicks:
    """Publish on `md`: kind "ticks" (new rows), "image" (what there is, for a joiner) or "state" (a map)."""

    topic: str
    kind: str
    n: int
    ts_us: int
    body: tuple[StreamRow, ...] | dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventRow:
    """A sequenced event, to be replayed later."""

    stream: str
    seq: int
    type: str
    ts_us: int
    flags: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class IntentRow:
    """The intent to place an order: key, hash of its meaning, order id, reference. Unique by (owner, key)."""

    owner: str
    client_order_id: str
    body_hash: bytes
    order_id: int
    order_ref: str
    ts_us: int


@dataclass(frozen=True, slots=True)
class OrderRow:
    """The latest state of an order; `row_key` is stable over its life."""

    row_key: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ExecutionRow:
    """An execution or a correction: identity, revision and where its event stands."""

    exec_id: str
    revision: int
    account: str
    time_us: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CommissionRow:
    """Marks that the commission of an execution was published; a repeat changes nothing."""

    exec_id: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FloorRow:
    """The next order id is never below this, whatever TWS says later."""

    next_order_id: int


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """What an account held at a comparison with TWS: (con_id, size) pairs.

    Events of the account's `ord|` stream below `next_seq` are counted in it.
    """

    account: str
    next_seq: int
    positions: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class HaltRow:
    """The state of the kill switch for one scope; the latest counts."""

    scope: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """TWS has an order with this reference, which a journal that is an older copy may not know; perm id 0: unknown."""

    order_ref: str
    perm_id: int


@dataclass(frozen=True, slots=True)
class ProvenRow:
    """What was lost with an older copy before this instant was told by TWS, or an admin does without it."""

    at_us: int


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Who asked for what, and what came of it, as `core/audit.py` words it. The journal chains these rows."""

    ts_us: int
    body: dict[str, Any]


JournalRow = (
    EventRow
    | IntentRow
    | OrderRow
    | ExecutionRow
    | CommissionRow
    | FloorRow
    | BaselineRow
    | HaltRow
    | ShownRow
    | ProvenRow
    | AuditRow
)


@dataclass(frozen=True, slots=True)
class AppendJournal:
    """Write one row; durable before anything that follows it in the list."""

    row: JournalRow


@dataclass(frozen=True, slots=True)
class LoadBars:
    """Look into the cache of bars; the answer is `BarsLoaded` for the same span, also when there is nothing."""

    key: SeriesKey
    span: Span


@dataclass(frozen=True, slots=True)
class StoreBars:
    """Keep final bars in the cache, if it can be written."""

    key: SeriesKey
    block: Block


@dataclass(frozen=True, slots=True)
class DropBars:
    """Delete a series from the cache: what is in it holds no more."""

    key: SeriesKey


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Deliver `TimePassed` at this instant, in microseconds; an earlier `WakeAt` stays in force."""

    at_us: int


@dataclass(frozen=True, slots=True)
class Log:
    """A line for the operator; `level` is a name of the logging module in lower case."""

    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Everything is said; the process may end."""


Effect = (
    ConnectTws
    | DisconnectTws
    | CallTws
    | SendReply
    | SendReplay
    | SendExecutions
    | PublishEvent
    | PublishTicks
    | AppendJournal
    | LoadBars
    | StoreBars
    | DropBars
    | WakeAt
    | Log
    | Stop
)
"""Everything `Bridge.handle` returns."""
