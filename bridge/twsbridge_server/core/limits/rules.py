"""The rules that look at one order and nothing else. Each gives the refusal, or None."""

from __future__ import annotations

from typing import Any, NamedTuple

from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.fields import decimal_text
from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core.limits.currencies import Missing
from twsbridge_server.core.limits.hours import parse_hours
from twsbridge_server.core.limits.instruments import COMBO
from twsbridge_server.core.limits.prices import Reference, beyond, cap
from twsbridge_server.core.limits.terms import Limits, Scope


class Proposal(NamedTuple):
    """An order as it would be sent. `price` is what one unit costs at most, `units` the multiplier; None: unknown.

    Both are in the contract's currency, of which one is worth `rate` in that of the limits.
    """

    contract: Contract
    order: Order
    reference: Reference | None
    price: float | None
    units: float | None
    rate: float | Missing = 1.0

    @property
    def unit_value(self) -> float | None:
        """What one contract costs at most, in its currency."""
        return None if self.price is None or self.units is None else self.price * self.units

    @property
    def notional(self) -> float | None:
        """What the order costs at most, in the contract's currency."""
        cash = float(self.order.cash_qty or 0)
        if self.unit_value is None:
            return cash or None
        return max(cash, float(self.order.quantity) * self.unit_value)


def refused(rule: str, scope: Scope, limit: object, value: object, text: str) -> WireError:
    """A refusal that names the rule, the limit and the value."""
    details: dict[str, Any] = {"rule": rule, "scope": str(scope), "limit": str(limit), "value": str(value)}
    return make_error(f"limit.{rule}", f"{text}; the limit of {scope} is {limit}", details=details)


def refusal_alone(proposal: Proposal, scope: Scope, limits: Limits, now: int) -> WireError | None:
    """Everything that can be judged by the order, its contract and the last known price."""
    return (
        _lists(proposal, scope, limits)
        or _hours(scope, limits, now)
        or _quantity(proposal, scope, limits)
        or _price(proposal, scope, limits)
        or _notional(proposal, scope, limits)
    )


def _lists(proposal: Proposal, scope: Scope, limits: Limits) -> WireError | None:
    contract, order = proposal.contract, proposal.order
    named = {
        "accounts": order.account,
        "symbols": contract.symbol.upper(),
        "sec_types": contract.sec_type.upper(),
        "order_types": order.order_type,
    }
    for what, value in named.items():
        allowed, denied = getattr(limits, f"allow_{what}"), getattr(limits, f"deny_{what}")
        if not allowed and not denied:
            continue
        if not value:
            text = f"The order does not tell its {what.replace('_', ' ')}, which are restricted"
            return refused("restricted", scope, f"allow_{what}" if allowed else f"deny_{what}", "", text)
        if value in denied or (allowed and value not in allowed):
            limit = f"deny {', '.join(denied)}" if value in denied else f"allow {', '.join(allowed)}"
            return refused("restricted", scope, limit, value, f"{value} is not allowed here")
    return None


def _hours(scope: Scope, limits: Limits, now: int) -> WireError | None:
    if not limits.hours or parse_hours(limits.hours).include(now):
        return None
    return refused("hours", scope, limits.hours, now, "Orders are not taken at this time")


def _quantity(proposal: Proposal, scope: Scope, limits: Limits) -> WireError | None:
    most, wanted = limits.max_quantity, proposal.order.quantity
    if most is None or wanted <= most:
        return None
    size = decimal_text(wanted)
    return refused("quantity", scope, decimal_text(most), size, f"The order is for {size}")


def _price(proposal: Proposal, scope: Scope, limits: Limits) -> WireError | None:
    order, reference = proposal.order, proposal.reference
    if reference is None:
        if cap(order) is not None or limits.market_without_price:
            return None
        return refused(
            "no_price", scope, "market_without_price = false", order.order_type,
            "No limit price holds the order, and the bridge has no price of the last minute to judge it by",
        )  # fmt: skip
    if limits.price_band_percent is None:
        return None
    worse = beyond(order, reference, limits.price_band_percent)
    if worse is None:
        return None
    market = reference.high if order.action == "BUY" else reference.low
    text = f"The limit price {order.limit_price:g} is {worse:.1f} % worse than the market at {market:g}"
    return refused("price", scope, f"{limits.price_band_percent:g} %", f"{worse:.1f} %", text)


def _notional(proposal: Proposal, scope: Scope, limits: Limits) -> WireError | None:
    most = limits.max_notional
    if most is None:
        return None
    value = proposal.notional
    if value is None:
        return unvalued(proposal, scope, decimal_text(most))
    if isinstance(proposal.rate, Missing):
        return proposal.rate.refusal(scope, decimal_text(most))
    value *= proposal.rate
    if value <= most:
        return None
    return refused("notional", scope, decimal_text(most), f"{value:.2f}", f"The order is worth {value:.2f}")


def unvalued(proposal: Proposal, scope: Scope, limit: object) -> WireError:
    """What the order is worth cannot be told, and a limit depends on it."""
    missing = "price of the last minute" if proposal.price is None else "multiplier of the contract"
    if proposal.contract.sec_type == COMBO:
        missing = "price of the last minute and multiplier of every leg of the combo"
    text = f"What the order is worth cannot be told: the bridge knows no {missing}"
    return refused("no_price", scope, limit, "unknown", text)
