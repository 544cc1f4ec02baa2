"""Requests of clients, as plain values without any wire format."""

from __future__ import annotations

from dataclasses import dataclass

from twssim.contracts import ContractQuery
from twssim.order_terms import ComboLeg, OrderTerms


class Request:
    """Anything a client asks; further kinds are with their subjects in `twssim.families`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class RequestById(Request):
    """A request that is nothing but an id, as most cancels are."""

    req_id: int


@dataclass(frozen=True, slots=True)
class StartApi(Request):
    """First request of a session: who the client is."""

    client_id: int


@dataclass(frozen=True, slots=True)
class RequestIds(Request):
    """reqIds: the next valid order id again."""


@dataclass(frozen=True, slots=True)
class RequestManagedAccounts(Request):
    """reqManagedAccts."""


@dataclass(frozen=True, slots=True)
class RequestCurrentTime(Request):
    """reqCurrentTime."""


@dataclass(frozen=True, slots=True)
class RequestCurrentTimeInMillis(Request):
    """reqCurrentTimeInMillis (server version 197 and later)."""


@dataclass(frozen=True, slots=True)
class SetServerLogLevel(Request):
    """setServerLogLevel: never answered."""

    level: int


@dataclass(frozen=True, slots=True)
class RequestContractDetails(Request):
    """reqContractDetails."""

    req_id: int
    contract: ContractQuery


@dataclass(frozen=True, slots=True)
class RequestMarketDataType(Request):
    """reqMarketDataType: 1 live, 2 frozen, 3 delayed, 4 delayed frozen; for the connection."""

    kind: int


@dataclass(frozen=True, slots=True)
class RequestMarketData(Request):
    """reqMktData."""

    req_id: int
    contract: ContractQuery
    generic_ticks: str
    snapshot: bool
    regulatory: bool = False
    legs: tuple[ComboLeg, ...] = ()


@dataclass(frozen=True, slots=True)
class CancelMarketData(Request):
    """cancelMktData."""

    req_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHistoricalBars(Request):
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
class CancelHistoricalBars(Request):
    """cancelHistoricalData."""

    req_id: int


@dataclass(frozen=True, slots=True)
class RequestAccountUpdates(Request):
    """reqAccountUpdates: subscribe to or leave the one account stream of a connection."""

    subscribe: bool
    account: str


@dataclass(frozen=True, slots=True)
class RequestAccountSummary(Request):
    """reqAccountSummary."""

    req_id: int
    group: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CancelAccountSummary(Request):
    """cancelAccountSummary."""

    req_id: int


@dataclass(frozen=True, slots=True)
class RequestPositions(Request):
    """reqPositions."""


@dataclass(frozen=True, slots=True)
class CancelPositions(Request):
    """cancelPositions."""


@dataclass(frozen=True, slots=True)
class RequestPositionsMulti(Request):
    """reqPositionsMulti."""

    req_id: int
    account: str
    model_code: str


@dataclass(frozen=True, slots=True)
class CancelPositionsMulti(Request):
    """cancelPositionsMulti."""

    req_id: int


@dataclass(frozen=True, slots=True)
class RequestAccountUpdatesMulti(Request):
    """reqAccountUpdatesMulti."""

    req_id: int
    account: str
    model_code: str
    ledger_and_nlv: bool


@dataclass(frozen=True, slots=True)
class CancelAccountUpdatesMulti(Request):
    """cancelAccountUpdatesMulti."""

    req_id: int


@dataclass(frozen=True, slots=True)
class RequestPnl(Request):
    """reqPnL."""

    req_id: int
    account: str
    model_code: str


@dataclass(frozen=True, slots=True)
class CancelPnl(Request):
    """cancelPnL."""

    req_id: int


@dataclass(frozen=True, slots=True)
class RequestPnlSingle(Request):
    """reqPnLSingle."""

    req_id: int
    account: str
    model_code: str
    con_id: int


@dataclass(frozen=True, slots=True)
class CancelPnlSingle(Request):
    """cancelPnLSingle."""

    req_id: int


@dataclass(frozen=True, slots=True)
class PlaceOrder(Request):
    """placeOrder: a new order, or with the id of a live one its modification."""

    order_id: int
    contract: ContractQuery
    terms: OrderTerms


@dataclass(frozen=True, slots=True)
class CancelOrder(Request):
    """cancelOrder."""

    order_id: int


@dataclass(frozen=True, slots=True)
class GlobalCancel(Request):
    """reqGlobalCancel: every working order of every client."""


@dataclass(frozen=True, slots=True)
class RequestOpenOrders(Request):
    """reqOpenOrders: working orders of this client id."""


@dataclass(frozen=True, slots=True)
class RequestAllOpenOrders(Request):
    """reqAllOpenOrders: working orders of all clients."""


@dataclass(frozen=True, slots=True)
class RequestAutoOpenOrders(Request):
    """reqAutoOpenOrders: for client id 0 only."""

    bind: bool


@dataclass(frozen=True, slots=True)
class RequestCompletedOrders(Request):
    """reqCompletedOrders."""

    api_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExecutions(Request):
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
