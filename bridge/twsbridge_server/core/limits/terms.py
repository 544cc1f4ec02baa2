"""The limits that can be set, for a client, for an account, and for everything. None, or an empty list, is no limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from twsbridge.protocol.fields import Int, Money, Price, Quantity, WireModel
from twsbridge.protocol.order_checks import ORDER_TYPES
from twsbridge_server.core.limits.hours import parse_hours

DUPLICATE = "duplicate"
DIFFERENCES = (DUPLICATE, "fills", "position")
"""Between the bridge's records and TWS: subjects of `Break` that can halt."""


class Limits(WireModel, extra="forbid"):
    """Money is in the currency of the limits (currencies.py); percentages of a price; `hours` as in hours.py.

    Positions and exposure are those of the order's account, for `[global]` of all accounts together.
    """

    max_quantity: Quantity | None = None
    max_notional: Money | None = None
    price_band_percent: Price | None = None
    market_without_price: bool = True
    max_position: Quantity | None = None
    max_gross: Money | None = None
    max_net: Money | None = None
    max_open_orders: Int | None = None
    max_orders_per_side: Int | None = None
    orders_per_second: Int | None = None
    orders_per_minute: Int | None = None
    same_order_in_2s: Int | None = None
    max_daily_loss: Money | None = None
    halt_daily_loss: Money | None = None
    halt_rejects_per_minute: Int | None = None
    halt_on: tuple[str, ...] = ()
    hours: str = ""
    allow_accounts: tuple[str, ...] = ()
    deny_accounts: tuple[str, ...] = ()
    allow_symbols: tuple[str, ...] = ()
    deny_symbols: tuple[str, ...] = ()
    allow_sec_types: tuple[str, ...] = ()
    deny_sec_types: tuple[str, ...] = ()
    allow_order_types: tuple[str, ...] = ()
    deny_order_types: tuple[str, ...] = ()


DEFAULT = Limits(price_band_percent=5.0)
"""In force for everything until a file says otherwise: what can only be a mistake."""


class Scope(NamedTuple):
    """For whom limits are: kind `client`, `account` or `global`; the name is empty for `global`."""

    kind: str
    name: str = ""

    def __str__(self) -> str:
        """In words."""
        return f"{self.kind} {self.name}" if self.name else "the whole bridge"


GLOBAL = Scope("global")


@dataclass(frozen=True, slots=True)
class Stated:
    """What the limits file says: the currency of all limits (empty: that of the accounts), and rates into it."""

    currency: str = ""
    rates: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LimitTable:
    """The limits of everything and of single accounts. Those of a client stand with its key."""

    everything: Limits = DEFAULT
    accounts: Mapping[str, Limits] = field(default_factory=dict)
    stated: Stated = Stated()

    def of(self, client: str, own: Limits, account: str) -> Iterator[tuple[Scope, Limits]]:
        """What an order of this client for this account must keep, the narrowest first."""
        yield Scope("client", client), own
        if account in self.accounts:
            yield Scope("account", account), self.accounts[account]
        yield GLOBAL, self.everything


def check(limits: Limits) -> Limits:
    """The same limits; raises ValueError naming the one that makes no sense."""
    for name in Limits.model_fields:
        value = getattr(limits, name)
        if isinstance(value, int | float | Decimal) and value < 0:
            raise ValueError(f"{name} must not be negative")
    for name in ("allow_order_types", "deny_order_types"):
        if unknown := [each for each in getattr(limits, name) if each not in ORDER_TYPES]:
            raise ValueError(f"{name}: {unknown[0]!r} is none of {', '.join(ORDER_TYPES)}")
    if unknown := [each for each in limits.halt_on if each not in DIFFERENCES]:
        raise ValueError(f"halt_on: {unknown[0]!r} is none of {', '.join(DIFFERENCES)}")
    if limits.hours:
        parse_hours(limits.hours)
    return limits
