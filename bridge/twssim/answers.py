"""What the simulator sends, as plain values without any wire format."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from twssim.contracts import Instrument
from twssim.order import Execution, Order


class Answer:
    """Anything the simulator sends; further kinds are with their subjects in `twssim.families`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ManagedAccounts(Answer):
    """The accounts of the login."""

    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextValidId(Answer):
    """The next order id of this client id."""

    order_id: int


@dataclass(frozen=True, slots=True)
class Error(Answer):
    """An error or a notice; `id` is a request id, an order id, or -1. Time in epoch seconds."""

    id: int
    code: int
    text: str
    time: float
    advanced_order_reject: str = ""


@dataclass(frozen=True, slots=True)
class CurrentTime(Answer):
    """Epoch seconds."""

    time: float


@dataclass(frozen=True, slots=True)
class CurrentTimeInMillis(Answer):
    """Epoch seconds; goes out in milliseconds."""

    time: float


@dataclass(frozen=True, slots=True)
class AccountValue(Answer):
    """One row of account updates."""

    key: str
    value: str
    currency: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioValue(Answer):
    """One position of account updates, with its value in the instrument's currency."""

    account: str
    instrument: Instrument
    position: Decimal
    market_price: Decimal
    market_value: Decimal
    average_cost: Decimal
    unrealized_pnl: Decimal
    realized_pnl: Decimal


@dataclass(frozen=True, slots=True)
class AccountTime(Answer):
    """HH:MM of the last account update."""

    time: str


@dataclass(frozen=True, slots=True)
class AccountDownloadEnd(Answer):
    """End of the first image of account updates."""

    account: str


@dataclass(frozen=True, slots=True)
class AccountSummary(Answer):
    """One row of an account summary."""

    req_id: int
    account: str
    tag: str
    value: str
    currency: str


@dataclass(frozen=True, slots=True)
class AccountSummaryEnd(Answer):
    """End of the first image of an account summary."""

    req_id: int


@dataclass(frozen=True, slots=True)
class PositionRow(Answer):
    """One position of one account; 0 when it has been closed."""

    account: str
    instrument: Instrument
    position: Decimal
    average_cost: Decimal


@dataclass(frozen=True, slots=True)
class PositionEnd(Answer):
    """End of the first image of all positions."""


@dataclass(frozen=True, slots=True)
class PositionMulti(Answer):
    """A position row that belongs to a request id."""

    req_id: int
    row: PositionRow
    model_code: str


@dataclass(frozen=True, slots=True)
class PositionMultiEnd(Answer):
    """End of the first image of positions of one request."""

    req_id: int


@dataclass(frozen=True, slots=True)
class AccountUpdateMulti(Answer):
    """An account value that belongs to a request id."""

    req_id: int
    model_code: str
    row: AccountValue


@dataclass(frozen=True, slots=True)
class AccountUpdateMultiEnd(Answer):
    """End of the first image of account values of one request."""

    req_id: int


@dataclass(frozen=True, slots=True)
class Pnl(Answer):
    """Profit and loss of an account in its base currency."""

    req_id: int
    daily: Decimal
    unrealized: Decimal
    realized: Decimal


@dataclass(frozen=True, slots=True)
class PnlSingle(Answer):
    """Profit and loss of one position, in the base currency of the account."""

    req_id: int
    position: Decimal
    daily: Decimal
    unrealized: Decimal
    realized: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class ContractDetails(Answer):
    """One matching contract."""

    req_id: int
    instrument: Instrument
    trading_hours: str
    liquid_hours: str
    precise: bool = False
    """Whether the client knows of precisions, as from server version 224 on."""


@dataclass(frozen=True, slots=True)
class ContractDetailsEnd(Answer):
    """All matching contracts were sent."""

    req_id: int


@dataclass(frozen=True, slots=True)
class MarketDataType(Answer):
    """1 live, 2 frozen, 3 delayed, 4 delayed frozen."""

    req_id: int
    kind: int


@dataclass(frozen=True, slots=True)
class TickReqParams(Answer):
    """First answer to a market data request."""

    req_id: int
    min_tick: Decimal
    bbo_exchange: str
    snapshot_permissions: int
    size_increment: Decimal | None = None
    """None for clients that know nothing of precisions."""


@dataclass(frozen=True, slots=True)
class TickPrice(Answer):
    """A price with the size that goes with it (0 when there is none)."""

    req_id: int
    tick_type: int
    price: Decimal
    size: Decimal
    attributes: int = 0


@dataclass(frozen=True, slots=True)
class TickSize(Answer):
    """A size."""

    req_id: int
    tick_type: int
    size: Decimal


@dataclass(frozen=True, slots=True)
class TickGeneric(Answer):
    """A plain number, such as the halted flag."""

    req_id: int
    tick_type: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class TickString(Answer):
    """A text, such as the time of the last trade."""

    req_id: int
    tick_type: int
    value: str


@dataclass(frozen=True, slots=True)
class TickSnapshotEnd(Answer):
    """A snapshot is complete."""

    req_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricalBar:
    """One bar as it is written: the time and the prices are already texts."""

    time: str
    open: str
    high: str
    low: str
    close: str
    volume: Decimal
    wap: str
    count: int


@dataclass(frozen=True, slots=True)
class HistoricalBars(Answer):
    """All bars of one request with the period they cover."""

    req_id: int
    bars: tuple[HistoricalBar, ...]
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class HistoricalBarUpdate(Answer):
    """The newest bar of a request with keepUpToDate."""

    req_id: int
    bar: HistoricalBar


@dataclass(frozen=True, slots=True)
class OrderStatus(Answer):
    """Where an order stands now."""

    order: Order


@dataclass(frozen=True, slots=True)
class OpenOrder(Answer):
    """An order with everything its client described."""

    order: Order


@dataclass(frozen=True, slots=True)
class OpenOrderEnd(Answer):
    """All open orders were sent."""


@dataclass(frozen=True, slots=True)
class CompletedOrder(Answer):
    """A finished order of the day."""

    order: Order


@dataclass(frozen=True, slots=True)
class CompletedOrdersEnd(Answer):
    """All completed orders were sent."""


@dataclass(frozen=True, slots=True)
class ExecutionDetails(Answer):
    """A fill: live with request id -1, replayed with the id of the request."""

    req_id: int
    instrument: Instrument
    execution: Execution


@dataclass(frozen=True, slots=True)
class ExecutionDetailsEnd(Answer):
    """All executions of a request were sent."""

    req_id: int


@dataclass(frozen=True, slots=True)
class CommissionReport(Answer):
    """Commission and realised P&L of a fill."""

    execution: Execution
