"""Requests to TWS as values: what `tws/` turns into calls of the official encoder."""

from __future__ import annotations

from dataclasses import dataclass

from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core.queries.questions import AnyQuestion, CancelQuestion
from twsbridge_server.core.stream_calls import StreamCall


@dataclass(frozen=True, slots=True)
class StartApi:
    """Begin the API session; the client id travels in it."""

    client_id: int


@dataclass(frozen=True, slots=True)
class ReqCurrentTime:
    """Keep-alive."""


@dataclass(frozen=True, slots=True)
class ReqMarketDataType:
    """1 live, 2 frozen, 3 delayed, 4 delayed-frozen: for every later market data request of the connection."""

    market_data_type: int


@dataclass(frozen=True, slots=True)
class ReqMarketData:
    """Open a market data line."""

    req_id: int
    contract: Contract
    generic_ticks: str = ""
    snapshot: bool = False


@dataclass(frozen=True, slots=True)
class CancelMarketData:
    """Close a market data line."""

    req_id: int


@dataclass(frozen=True, slots=True)
class ReqAccountSummary:
    """Account values; `tags` comma-separated. Two at most per connection, so the bridge keeps one."""

    req_id: int
    group: str
    tags: str


@dataclass(frozen=True, slots=True)
class CancelAccountSummary:
    """End an account summary."""

    req_id: int


@dataclass(frozen=True, slots=True)
class ReqPositions:
    """All holdings, then changes."""


@dataclass(frozen=True, slots=True)
class ReqContractDetails:
    """What matches a contract."""

    req_id: int
    contract: Contract


@dataclass(frozen=True, slots=True)
class ReqHistoricalData:
    """Bars. `end` is "" for now or UTC as yyyymmdd-hh:mm:ss; dates come back as epoch seconds (formatDate 2)."""

    req_id: int
    contract: Contract
    end: str
    duration: str
    bar_size: str
    what_to_show: str
    use_rth: bool


@dataclass(frozen=True, slots=True)
class CancelHistoricalData:
    """The answer is not wanted any more."""

    req_id: int


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """Place an order, or change the one that has this id. An order that is not transmitted waits in TWS.

    `oca_type`: 1 cancel the rest with block, 2 and 3 reduce it with and without block; 0 when there is no group.
    """

    order_id: int
    contract: Contract
    order: Order
    order_ref: str
    parent_id: int = 0
    oca_group: str = ""
    oca_type: int = 0
    transmit: bool = True


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """Place several orders with one write, so that they leave together or, if the connection breaks, in part."""

    orders: tuple[PlaceOrder, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What an order would do. It is never placed, whatever it says."""

    order_id: int
    contract: Contract
    order: Order


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Cancel one order."""

    order_id: int


@dataclass(frozen=True, slots=True)
class GlobalCancel:
    """Cancel every order of the login, manual ones included."""


@dataclass(frozen=True, slots=True)
class ReqOpenOrders:
    """Open orders of all API clients and of TWS itself, once."""


@dataclass(frozen=True, slots=True)
class ReqCompletedOrders:
    """Orders of today that are done."""


@dataclass(frozen=True, slots=True)
class ReqExecutions:
    """Executions since midnight, each followed by its commission."""

    req_id: int


TwsCall = (
    StartApi
    | ReqCurrentTime
    | ReqMarketDataType
    | ReqMarketData
    | CancelMarketData
    | ReqAccountSummary
    | CancelAccountSummary
    | ReqPositions
    | ReqContractDetails
    | ReqHistoricalData
    | CancelHistoricalData
    | PlaceOrder
    | PlaceGroup
    | WhatIf
    | CancelOrder
    | GlobalCancel
    | ReqOpenOrders
    | ReqCompletedOrders
    | ReqExecutions
    | AnyQuestion
    | CancelQuestion
    | StreamCall
)
"""Every request the bridge makes of TWS."""


def order_ids(call: TwsCall) -> tuple[int, ...]:
    """The orders that a request is about."""
    match call:
        case PlaceGroup():
            return tuple(member.order_id for member in call.orders)
        case PlaceOrder() | CancelOrder():
            return (call.order_id,)
        case _:
            return ()
