"""Orders from a few words: market, limit, stop; and what may be said besides."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal, SupportsFloat, TypedDict, Unpack

from twsbridge.channel import build
from twsbridge.errors import InvalidRequest, make_error
from twsbridge.protocol.models import Order

Size = int | float | str | Decimal
"""A number of shares or contracts: whatever has an exact short notation. It travels as a decimal string."""

Wait = Literal["durable", "acknowledged", "filled"]
"""When `place` returns: durable (in the bridge's journal), acknowledged (TWS has it), filled (it is done)."""


class OrderTerms(TypedDict, total=False):
    """What an order may have besides side, size and prices. `good_till_date` goes with tif "GTD"."""

    tif: str
    account: str
    outside_rth: bool
    good_till_date: str


class PlaceMore(TypedDict, total=False):
    """How long an order command may take, and under which name the client books its fills."""

    timeout: float | None
    strategy: str


class OrderOptions(OrderTerms, PlaceMore, total=False):
    """What `buy` and `sell` take besides: the terms of the order, the caller's own key, the strategy."""

    client_order_id: str | None
    wait: Wait


def MarketOrder(action: str, quantity: Size, **terms: Unpack[OrderTerms]) -> Order:
    """Buy or sell at once, at the market's price."""
    return make_order(action, quantity, None, None, **terms)


def LimitOrder(action: str, quantity: Size, limit_price: SupportsFloat, **terms: Unpack[OrderTerms]) -> Order:
    """Buy or sell at this price or a better one."""
    return make_order(action, quantity, limit_price, None, **terms)


def StopOrder(action: str, quantity: Size, stop_price: SupportsFloat, **terms: Unpack[OrderTerms]) -> Order:
    """Becomes a market order when the price is reached."""
    return make_order(action, quantity, None, stop_price, **terms)


def StopLimitOrder(
    action: str, quantity: Size, limit_price: SupportsFloat, stop_price: SupportsFloat, **terms: Unpack[OrderTerms]
) -> Order:
    """Becomes a limit order when the stop price is reached."""
    return make_order(action, quantity, limit_price, stop_price, **terms)


def make_order(
    action: str,
    quantity: Size,
    limit: SupportsFloat | None,
    stop: SupportsFloat | None,
    **terms: Unpack[OrderTerms],
) -> Order:
    """MKT, LMT, STP or STP LMT, by the prices given; raises InvalidRequest for what is no number or no known term."""
    check_names("an order", terms, OrderTerms.__optional_keys__)
    order_type = {(False, False): "MKT", (True, False): "LMT", (False, True): "STP", (True, True): "STP LMT"}
    return build(
        Order,
        action=action.upper(),
        quantity=exact(quantity),
        order_type=order_type[limit is not None, stop is not None],
        limit_price=price(limit, "limit"),
        stop_price=price(stop, "stop"),
        **terms,
    )


def changed_order(order: Order, changes: dict[str, Any]) -> Order:
    """The order with a new `quantity`, `limit` or `stop`; what is None stays. Raises InvalidRequest for no change."""
    fields: dict[str, Any] = {}
    if changes.get("quantity") is not None:
        fields["quantity"] = Decimal(exact(changes["quantity"]))
    for name in ("limit", "stop"):
        if changes.get(name) is not None:
            fields[f"{name}_price"] = price(changes[name], name)
    if not fields:
        raise invalid("modify() needs a new quantity, limit or stop", "order")
    return order.model_copy(update=fields)


def exact(quantity: Size) -> str:
    """The quantity as a decimal string: 10 -> "10", 0.1 -> "0.1"; raises InvalidRequest for what is no number."""
    try:
        number = Decimal(str(quantity))
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite():
        raise invalid(f"{quantity!r} is not a quantity", "order.quantity")
    return format(number, "f")


def price(value: SupportsFloat | None, name: str) -> float | None:
    """The price as a float; raises InvalidRequest for text and for what is no number."""
    if value is None:
        return None
    if isinstance(value, str) or not isinstance(value, SupportsFloat):
        raise invalid(f"{name}={value!r} is not a price: give a number", f"order.{name}_price")
    if not math.isfinite(number := float(value)):
        raise invalid(f"{name}={number} is not a price", f"order.{name}_price")
    return number


def check_names(what: str, given: Iterable[str], known: frozenset[str]) -> None:
    """Raise TypeError for a name that is not known: a mistyped price must never become a market order."""
    if unknown := sorted(set(given) - known):
        raise TypeError(f"{what} has no {', '.join(unknown)}; it may have {', '.join(sorted(known))}")


def invalid(msg: str, field: str) -> InvalidRequest:
    """The error for an argument that makes no sense; nothing was sent."""
    return InvalidRequest(make_error("req.invalid", msg, field=field))
