"""Everything that can happen to the bridge. Frozen values; `now` travels beside them, in microseconds UTC.

TWS's callbacks arrive already translated: protocol models instead of ibapi objects, None instead of unset markers.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from twsbridge.protocol.commands import Command
from twsbridge.protocol.models import Commission, Contract, ContractDetails, Execution, Order
from twsbridge_server.core.calls import TwsCall
from twsbridge_server.core.history.blocks import Block, SeriesKey
from twsbridge_server.core.history.spans import Span
from twsbridge_server.core.limits.terms import LimitTable
from twsbridge_server.core.notices import Kind
from twsbridge_server.core.queries.answers import Answered
from twsbridge_server.core.rights import Rights, Role
from twsbridge_server.core.stream_inputs import (
    AboutLine,
    HistoricalBars,
    HistoricalEnd,
    HistoricalUpdate,
    MarketDataType,
    StreamRows,
    Ticks,
)


@dataclass(frozen=True, slots=True)
class Client:
    """Who sent a command: name, role and rights of the key, and the route on which the answer goes back."""

    route: bytes
    name: str
    role: str = "trader"
    rights: Rights = Rights()


@dataclass(frozen=True, slots=True)
class Source:
    """For the audit: the fingerprint of the key, the address, the SHA-256 of the body as it came (hex)."""

    key: str = ""
    address: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True)
class CommandReceived:
    """A well-formed command. `expires_us` is the caller's deadline, `sid` the bridge run it was meant for."""

    client: Client
    request_id: str
    command: Command
    sid: str = ""
    expires_us: int | None = None
    is_json: bool = False
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class CommandRefused:
    """A command that would have acted and was answered with an error before the core could see it."""

    client: Client
    name: str
    code: str
    source: Source


@dataclass(frozen=True, slots=True)
class SubscriptionOpened:
    """A subscription to a topic of `md` or to `sync|...|` of `evt`; `refused`: what was asked for in vain before it."""

    topic: str
    client: str = ""
    rights: Rights = Rights()
    refused: tuple[str, ...] = ()
    role: Role = "trader"


@dataclass(frozen=True, slots=True)
class ClientsChanged:
    """The keys file as it is in force now, without routes. `version`: its fingerprint. `fault`: why not its latest."""

    clients: tuple[Client, ...]
    fault: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class LimitsChanged:
    """The limits file as it is in force now; None, and `fault` says why, when its latest version is not."""

    table: LimitTable | None
    fault: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class ClientsBanned:
    """Whose keys are shut out for a while, in words; all of them each time, none when the last one may come back."""

    clients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HaltAsked:
    """Everything is to stop, `by` the operator's file or signal, or `bridge`. An empty reason: the file is gone."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class SubscriptionClosed:
    """A subscriber of a topic of `md` is gone: unsubscribed, closed or killed. `left` names those who remain."""

    topic: str
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimePassed:
    """A timer asked for by `WakeAt` is due."""


@dataclass(frozen=True, slots=True)
class Started:
    """The journal is restored. `after`: when the process began, if not now: TWS may still hold a connection."""

    after: int | None = None


@dataclass(frozen=True, slots=True)
class DrainAsked:
    """The operator wants the bridge to stop; asked once more, at once."""


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """So much is left on the disk of the journal."""

    free_bytes: int


@dataclass(frozen=True, slots=True)
class BarsLoaded:
    """What the cache has of a span of bars: blocks that do not overlap, oldest first."""

    key: SeriesKey
    span: Span
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class TwsConnected:
    """The handshake is done: the version is known and startApi may be sent."""

    server_version: int
    connection_time: str


@dataclass(frozen=True, slots=True)
class TwsLost:
    """The connection is gone or was never made; `reason` is a sentence for the operator.

    `cause` is the condition it stands for (conditions.py): unreachable, login_pending, or empty.
    """

    reason: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class TwsPoison:
    """One message could not be decoded; it is in the quarantine file and everything else goes on."""

    message_id: int | None
    error: str


@dataclass(frozen=True, slots=True)
class NextValidId:
    """TWS's idea of the next order id; only a hint, never accepted when lower than what is known."""

    order_id: int


@dataclass(frozen=True, slots=True)
class ManagedAccounts:
    """The accounts of this login."""

    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CurrentTime:
    """Answer to the keep-alive: TWS's clock in seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class TwsErrorReceived:
    """An error, warning or notice. `id` is a request id, an order id, or -1. `meant`: the operator knows its kind."""

    id: int
    code: int
    text: str
    advanced_reject: str = ""
    meant: Kind | None = None


@dataclass(frozen=True, slots=True)
class AccountSummaryRow:
    """One value of an account summary request."""

    req_id: int
    account: str
    tag: str
    value: str
    currency: str


@dataclass(frozen=True, slots=True)
class AccountSummaryEnd:
    """The first image of an account summary is complete; TWS may say so twice."""

    req_id: int


@dataclass(frozen=True, slots=True)
class PositionRow:
    """One holding, from the first image or as a change."""

    account: str
    contract: Contract
    position: Decimal
    avg_cost: float


@dataclass(frozen=True, slots=True)
class PositionEnd:
    """The first image of the positions is complete."""


@dataclass(frozen=True, slots=True)
class ContractDetailsRow:
    """One match of a contract details request."""

    req_id: int
    details: ContractDetails


@dataclass(frozen=True, slots=True)
class ContractDetailsEnd:
    """All matches were given."""

    req_id: int


@dataclass(frozen=True, slots=True)
class SnapshotEnd:
    """A market data snapshot is complete."""

    req_id: int


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """The full order as TWS has it. `why` a rejection was given stands in `reject_reason` (10.46 and later)."""

    order_id: int
    perm_id: int | None
    client_id: int
    contract: Contract
    order: Order
    order_ref: str
    status: str
    filled: Decimal | None = None
    parent_id: int | None = None
    reject_reason: str = ""


@dataclass(frozen=True, slots=True)
class OrderStatus:
    """The state of an order; TWS repeats it often and may leave it out."""

    order_id: int
    status: str
    filled: Decimal
    remaining: Decimal
    avg_fill_price: float | None
    perm_id: int | None
    parent_id: int | None
    last_fill_price: float | None
    client_id: int
    why_held: str


@dataclass(frozen=True, slots=True)
class OpenOrderEnd:
    """All open orders were given."""


@dataclass(frozen=True, slots=True)
class CompletedOrder:
    """An order that is done, known by its perm id and order_ref; `completed_status` is TWS's sentence."""

    perm_id: int | None
    contract: Contract
    order: Order
    order_ref: str
    status: str
    filled: Decimal | None
    completed_status: str


@dataclass(frozen=True, slots=True)
class CompletedOrdersEnd:
    """All completed orders were given."""


@dataclass(frozen=True, slots=True)
class ExecutionReceived:
    """A fill, live (`req_id` -1) or as an answer to a query. `order_ref` carries the bridge's key."""

    req_id: int
    execution: Execution
    order_ref: str


@dataclass(frozen=True, slots=True)
class ExecutionsEnd:
    """All executions of a query were given."""

    req_id: int


@dataclass(frozen=True, slots=True)
class CommissionReceived:
    """Commission and fees of one execution."""

    commission: Commission


@dataclass(frozen=True, slots=True)
class CallMissed:
    """A request had its turn and was not sent: its deadline came while its intent was written."""

    call: TwsCall


TwsInput = (
    TwsConnected
    | TwsLost
    | CallMissed
    | TwsPoison
    | NextValidId
    | ManagedAccounts
    | CurrentTime
    | TwsErrorReceived
    | AccountSummaryRow
    | AccountSummaryEnd
    | PositionRow
    | PositionEnd
    | ContractDetailsRow
    | ContractDetailsEnd
    | HistoricalBars
    | HistoricalEnd
    | Answered
    | MarketDataType
    | AboutLine
    | Ticks
    | StreamRows
    | HistoricalUpdate
    | SnapshotEnd
    | OpenOrder
    | OrderStatus
    | OpenOrderEnd
    | CompletedOrder
    | CompletedOrdersEnd
    | ExecutionReceived
    | ExecutionsEnd
    | CommissionReceived
)
"""What the shell towards TWS delivers."""

ClientInput = (
    CommandReceived | CommandRefused | SubscriptionOpened | SubscriptionClosed | ClientsChanged | ClientsBanned
)
"""What the shell towards clients delivers."""

Input = ClientInput | TimePassed | Started | DrainAsked | DiskSpace | LimitsChanged | HaltAsked | BarsLoaded | TwsInput
"""Everything `Bridge.handle` accepts."""
