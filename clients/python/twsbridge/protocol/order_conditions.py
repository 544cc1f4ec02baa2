"""Conditions of an order: it becomes active, or is cancelled, when they are met. One model per kind IB has."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twsbridge.protocol.fields import Int, Price, WireModel, rarely


class Joined(WireModel):
    """`conjunction` joins a condition to the next one: "and" or "or"."""

    conjunction: Literal["and", "or"] = "and"


class PriceCondition(Joined):
    """The price of a contract, at or above `price` when `is_more`, else at or below.

    `trigger_method`: 0 default, 1 double bid/ask, 2 last, 3 double last, 4 bid/ask, 7 last or bid/ask, 8 mid-point.
    """

    kind: Literal["price"] = "price"
    con_id: Int
    exchange: str
    is_more: bool
    price: Price
    trigger_method: Int = rarely(0)


class TimeCondition(Joined):
    """After (`is_more`) or before an instant: `20261231 15:59:00 US/Eastern`, or UTC as `20261231-20:59:00`."""

    kind: Literal["time"] = "time"
    is_more: bool
    time: str


class MarginCondition(Joined):
    """The account's cushion in whole percent."""

    kind: Literal["margin"] = "margin"
    is_more: bool
    percent: Int


class ExecutionCondition(Joined):
    """Any trade of this symbol in the account."""

    kind: Literal["execution"] = "execution"
    sec_type: str
    exchange: str
    symbol: str


class VolumeCondition(Joined):
    """The day's volume of a contract."""

    kind: Literal["volume"] = "volume"
    con_id: Int
    exchange: str
    is_more: bool
    volume: Int


class PercentChangeCondition(Joined):
    """The change of a contract's price since the last close, in percent."""

    kind: Literal["percent_change"] = "percent_change"
    con_id: Int
    exchange: str
    is_more: bool
    change_percent: Price


Condition = Annotated[
    PriceCondition | TimeCondition | MarginCondition | ExecutionCondition | VolumeCondition | PercentChangeCondition,
    Field(discriminator="kind"),
]
"""Any of them, told apart by `kind`."""
