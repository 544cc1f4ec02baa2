"""Requests to TWS that open and close streams other than quotes, as values."""

from __future__ import annotations

from dataclasses import dataclass

from twsbridge.protocol.models import Contract


@dataclass(frozen=True, slots=True)
class ReqMarketDepth:
    """Open an order book; `is_smart` joins the books of all exchanges."""

    req_id: int
    contract: Contract
    rows: int
    is_smart: bool


@dataclass(frozen=True, slots=True)
class CancelMarketDepth:
    """Close an order book; TWS knows it by both."""

    req_id: int
    is_smart: bool


@dataclass(frozen=True, slots=True)
class ReqTickByTick:
    """Every single tick: Last, AllLast, BidAsk or MidPoint."""

    req_id: int
    contract: Contract
    tick_type: str


@dataclass(frozen=True, slots=True)
class CancelTickByTick:
    """No more of them."""

    req_id: int


@dataclass(frozen=True, slots=True)
class ReqRealTimeBars:
    """Bars of 5 seconds as they end."""

    req_id: int
    contract: Contract
    what_to_show: str
    use_rth: bool


@dataclass(frozen=True, slots=True)
class CancelRealTimeBars:
    """No more of them."""

    req_id: int


@dataclass(frozen=True, slots=True)
class ReqLiveBars:
    """Historical bars until now, then the last one again and again as it grows."""

    req_id: int
    contract: Contract
    duration: str
    bar_size: str
    what_to_show: str
    use_rth: bool


@dataclass(frozen=True, slots=True)
class ReqScanner:
    """A market scanner; `filters` are IB's names of filters, with their values."""

    req_id: int
    instrument: str
    location: str
    scan_code: str
    rows: int
    filters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CancelScanner:
    """End a scanner."""

    req_id: int


@dataclass(frozen=True, slots=True)
class ReqPnl:
    """Profit and loss of an account or a model."""

    req_id: int
    account: str
    model: str


@dataclass(frozen=True, slots=True)
class CancelPnl:
    """No more of it."""

    req_id: int


@dataclass(frozen=True, slots=True)
class ReqPnlSingle:
    """Profit and loss of one holding."""

    req_id: int
    account: str
    model: str
    con_id: int


@dataclass(frozen=True, slots=True)
class CancelPnlSingle:
    """No more of it."""

    req_id: int


@dataclass(frozen=True, slots=True)
class ReqAccountUpdatesMulti:
    """Values of an account or a model, then changes."""

    req_id: int
    account: str
    model: str


@dataclass(frozen=True, slots=True)
class CancelAccountUpdatesMulti:
    """No more of them."""

    req_id: int


@dataclass(frozen=True, slots=True)
class ReqPositionsMulti:
    """Holdings of an account or a model, then changes."""

    req_id: int
    account: str
    model: str


@dataclass(frozen=True, slots=True)
class CancelPositionsMulti:
    """No more of them."""

    req_id: int


@dataclass(frozen=True, slots=True)
class ReqNewsBulletins:
    """IB's bulletins, also the earlier ones of today. There is one such request, without an id."""


@dataclass(frozen=True, slots=True)
class CancelNewsBulletins:
    """No more of them."""


@dataclass(frozen=True, slots=True)
class SubscribeToGroup:
    """Follow what a display group of TWS shows."""

    req_id: int
    group: int


@dataclass(frozen=True, slots=True)
class UnsubscribeFromGroup:
    """No more of it."""

    req_id: int


StreamCall = (
    ReqMarketDepth
    | CancelMarketDepth
    | ReqTickByTick
    | CancelTickByTick
    | ReqRealTimeBars
    | CancelRealTimeBars
    | ReqLiveBars
    | ReqScanner
    | CancelScanner
    | ReqPnl
    | CancelPnl
    | ReqPnlSingle
    | CancelPnlSingle
    | ReqAccountUpdatesMulti
    | CancelAccountUpdatesMulti
    | ReqPositionsMulti
    | CancelPositionsMulti
    | ReqNewsBulletins
    | CancelNewsBulletins
    | SubscribeToGroup
    | UnsubscribeFromGroup
)
"""Every request of this module."""
