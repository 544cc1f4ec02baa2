"""An order: what every order has, and on top of it the attributes that some have."""

from __future__ import annotations

from decimal import Decimal

from twsbridge.protocol.fields import Price, Quantity, WireModel
from twsbridge.protocol.order_attributes import (
    Adjusted,
    Algo,
    Allocation,
    Conditional,
    Handling,
    Hedge,
    Institutional,
    OneCancelsAll,
    Pegged,
    Scale,
    Timing,
    Trailing,
    Volatility,
)


class Terms(WireModel):
    """What every order has. `stop_price` is IB's auxPrice: by order type a trigger, a trailing amount or an offset."""

    action: str = ""
    quantity: Quantity = Decimal(0)
    order_type: str = ""
    limit_price: Price | None = None
    stop_price: Price | None = None
    tif: str = "DAY"
    account: str = ""
    outside_rth: bool = False
    good_till_date: str = ""


class Order(
    Institutional,
    Allocation,
    Conditional,
    Algo,
    Hedge,
    Scale,
    Volatility,
    Adjusted,
    Pegged,
    Trailing,
    OneCancelsAll,
    Handling,
    Timing,
    Terms,
):
    """What to do: side, size, type and prices, and any attribute of IB's Order that the bridge does not own.

    The bridge owns the order's ids, its reference, its parent, `transmit` and `what_if`. None means not set.
    """
