"""Which inputs are about orders: after a defect in one of these, memory can no longer be trusted."""

from __future__ import annotations

from twsbridge.protocol.commands import CancelAll, CancelOrder, ModifyOrder, PlaceGroup, PlaceOrder, ResendOrder
from twsbridge_server.core.inputs import (
    CallMissed,
    CommandReceived,
    CommissionReceived,
    CompletedOrder,
    ExecutionReceived,
    Input,
    OpenOrder,
    OrderStatus,
)

ABOUT_ORDERS = (PlaceOrder, PlaceGroup, ResendOrder, ModifyOrder, CancelOrder, CancelAll)
"""Commands that make or touch orders."""


def concerns_orders(happened: Input) -> bool:
    """True for what may change an order or bring a fill."""
    if isinstance(happened, CommandReceived):
        return isinstance(happened.command, ABOUT_ORDERS)
    told = OpenOrder | OrderStatus | CompletedOrder | ExecutionReceived | CommissionReceived
    return isinstance(happened, told | CallMissed)
