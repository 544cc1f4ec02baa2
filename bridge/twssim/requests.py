"""Every request the simulator understands, as plain values without any wire format."""

from __future__ import annotations

from dataclasses import dataclass

from twssim.contracts import ContractQuery
from twssim.order_terms import OrderTerms


@dataclass(frozen=True, slots=True)
class StartApi:
    """First request of a session: who the client is."""

    client_id: int


@dataclass(frozen=True, slots=True)
class RequestIds:
    """reqIds: the next valid order id again."""


@dataclass(frozen=True, slots=True)
class RequestManagedAccounts:
    """reqManagedAccts."""


@dataclass(frozen=True, slots=True)
class RequestCurrentTime:
    """reqCurrentTime."""


@dataclass(frozen=True, slots=True)
class RequestCurrentTimeInMillis:
    """reqCurrentTimeInMillis (server version 197 and later)."""


@dataclass(frozen=True, slots=True)
class SetServerLogLevel:
    """setServerLogLevel: never answered."""

    level: int


@dataclass(frozen=True, slots=True)
class RequestContractDetails:
    """reqContractDetails."""

    req_id: int
    contract: ContractQuery


@dataclass(frozen=True, slots=True)
class RequestMarketDataType:
    """reqMarketDataType: 1 live, 2 frozen, 3 delayed, 4 delayed frozen; for the connection."""

    kind: int


@dataclass(frozen=True, slots=True)
class RequestMarketData:
    """reqMktData."""

    req_id: int
    contract: ContractQuery
    generic_ticks: str
    snapshot: bool


@dataclass(frozen=True, slots=True)
class CancelMarketData:
    """cancelMktData."""

    req_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHistoricalBars:
    """reqHistoricalData; `end`, `duration` and `bar_size` as the client wrote them."""

    req_id: int
    contract: ContractQuery
    end: str
    bar_size: str
    duration: str
    use_rth: bool
    what_to_show: str
    format_date: int
    keep_up_to_date: bool


@dataclass(frozen=True, slots=True)
class CancelHistoricalBars:
    """cancelHistoricalData."""

    req_id: int


@dataclass(frozen=True, slots=True)
class RequestAccountUpdates:
    """reqAccountUpdates: subscribe to or leave the one account stream of a connection."""

    subscribe: bool
    account: str


@dataclass(frozen=True, slots=True)
class RequestAccountSummary:
    """reqAccountSummary."""

    req_id: int
    group: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CancelAccountSummary:
    """cancelAccountSummary."""

    req_id: int


@dataclass(frozen=True, slots=True)
class RequestPositions:
    """reqPositions."""


@dataclass(frozen=True, slots=True)
class CancelPositions:
    """cancelPositions."""


@dataclass(frozen=True, slots=True)
class RequestPositionsMulti:
    """reqPositionsMulti."""

    req_id: int
    account: str
    model_code: str


@dataclass(frozen=True, slots=True)
class CancelPositionsMulti:
    """cancelPositionsMulti."""

    req_id: int


@dataclass(frozen=True, slots=True)
class RequestAccountUpdatesMulti:
    """reqAccountUpdatesMulti."""

    req_id: int
    account: str
    model_code: str
    ledger_and_nlv: bool


@dataclass(frozen=True, slots=True)
class CancelAccountUpdatesMulti:
    """cancelAccountUpdatesMulti."""

    req_id: int


@dataclass(frozen=True, slots=True)
class RequestPnl:
    """reqPnL."""

    req_id: int
    account: str
    model_code: str


@dataclass(frozen=True, slots=True)
class CancelPnl:
    """cancelPnL."""

    req_id: int


@dataclass(frozen=True, slots=True)
class RequestPnlSingle:
    """reqPnLSingle."""

    req_id: int
    account: str
    model_code: str
    con_id: int


@dataclass(frozen=True, slots=True)
class CancelPnlSingle:
    """cancelPnLSingle."""

    req_id: int


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """placeOrder: a new order, or with the id of a live one its modification."""

    order_id: int
    contract: ContractQuery
    terms: OrderTerms


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """cancelOrder."""

    order_id: int


@dataclass(frozen=True, slots=True)
class GlobalCancel:
    """reqGlobalCancel: every working order of every client."""


@dataclass(frozen=True, slots=True)
class RequestOpenOrders:
    """reqOpenOrders: working orders of this client id."""


@dataclass(frozen=True, slots=True)
class RequestAllOpenOrders:
    """reqAllOpenOrders: working orders of all clients."""


@dataclass(frozen=True, slots=True)
class RequestAutoOpenOrders:
    """reqAutoOpenOrders: for client id 0 only."""

    bind: bool


@dataclass(frozen=True, slots=True)
class RequestCompletedOrders:
    """reqCompletedOrders."""

    api_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExecutions:
    """reqExecutions; an empty filter field (or client id 0) matches everything."""

    req_id: int
    client_id: int = 0
    account: str = ""
    time: str = ""
    symbol: str = ""
    sec_type: str = ""
    exchange: str = ""
    side: str = ""
    last_n_days: int | None = None
    specific_dates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnsupportedRequest:
    """A request that TWS knows and the simulator does not answer with content."""

    message_id: int
    req_id: int


Request = (
    StartApi
    | RequestIds
    | RequestManagedAccounts
    | RequestCurrentTime
    | RequestCurrentTimeInMillis
    | SetServerLogLevel
    | RequestContractDetails
    | RequestMarketDataType
    | RequestMarketData
    | CancelMarketData
    | RequestHistoricalBars
    | CancelHistoricalBars
    | RequestAccountUpdates
    | RequestAccountSummary
    | CancelAccountSummary
    | RequestPositions
    | CancelPositions
    | RequestPositionsMulti
    | CancelPositionsMulti
    | RequestAccountUpdatesMulti
    | CancelAccountUpdatesMulti
    | RequestPnl
    | CancelPnl
    | RequestPnlSingle
    | CancelPnlSingle
    | PlaceOrder
    | CancelOrder
    | GlobalCancel
    | RequestOpenOrders
    | RequestAllOpenOrders
    | RequestAutoOpenOrders
    | RequestCompletedOrders
    | RequestExecutions
    | UnsupportedRequest
)
