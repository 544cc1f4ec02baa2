"""The contracts and orders of the drill: one share, and prices at which nobody trades."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ibapi.contract import Contract
from ibapi.execution import ExecutionFilter
from ibapi.order import Order
from ibapi.order_cancel import OrderCancel

FAR_BELOW = 10.0
FAR_ABOVE = 5000.0
_made: Any = {"contract": Contract, "order": Order, "cancel": OrderCancel, "filter": ExecutionFilter}


def stock(symbol: str) -> Any:
    """A US stock, routed by SMART."""
    contract = _made["contract"]()
    contract.symbol, contract.secType, contract.exchange, contract.currency = symbol, "STK", "SMART", "USD"
    return contract


def order(action: str, kind: str, **fields: Any) -> Any:
    """One share; the other fields by IB's names."""
    made = _made["order"]()
    made.action, made.orderType, made.totalQuantity, made.tif = action, kind, Decimal(1), "DAY"
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def cancel() -> Any:
    """What cancelOrder wants to have beside the id."""
    return _made["cancel"]()


def executions() -> Any:
    """Every execution of the day."""
    return _made["filter"]()
