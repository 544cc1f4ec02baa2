"""What a callback of TWS makes of an order's state. Pure: these functions decide, orders.py carries out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from twsbridge.protocol.models import UNKNOWN, Execution, Order, Reason
from twsbridge.protocol.order import Terms
from twsbridge_server.core.inputs import CompletedOrder
from twsbridge_server.core.order_record import OrderRecord

SHOWN = (*Terms.model_fields, "trail_stop_price")
"""What of an order is as TWS shows it."""

FINAL = frozenset({"Filled", "Cancelled", "ApiCancelled"})
"""TWS's own last words; `Rejected` and `NOT_FOUND` are the bridge's conclusions and yield to a sign of life."""

SHOWN_ALIVE = frozenset({"PendingSubmit", "PreSubmitted", "Submitted"})
"""What TWS says of an order that it works and that nobody has asked it to cancel."""

ORDER_REJECTED = 201

REVIVED_BY_FILL = frozenset({UNKNOWN, "NOT_FOUND", "Rejected"})
"""Statuses that a fill of a part disproves: the order works."""


def may_become(record: OrderRecord, status: str) -> bool:
    """Repetitions of an earlier state come late; only a fill may still follow a cancel. An empty status says nothing.

    Inactive is how TWS shows an order that it has rejected: it does not bring it back. An end that was concluded from
    an error alone yields to whatever TWS shows.
    """
    if not status or (status == "Inactive" and record.state.status == "Rejected"):
        return False
    return not is_over(record) or status in ("Filled", record.state.status)


def is_over(record: OrderRecord) -> bool:
    """TWS itself has said that this order is done."""
    return record.state.status in FINAL and not record.is_concluded


def has_taken(shown: Order, wanted: Order) -> bool:
    """TWS shows what was asked for."""
    return (
        shown.quantity == wanted.quantity
        and shown.limit_price == wanted.limit_price
        and shown.stop_price == wanted.stop_price
    )


def as_shown(meant: Order, shown: Order) -> Order:
    """An order of ours with the terms that TWS shows, which people and TWS itself may have changed.

    The other attributes stay as they were meant: TWS fills many of them with defaults that it would not take back.
    """
    terms = {name: getattr(shown, name) for name in SHOWN}
    return meant.model_copy(update=terms | {"account": shown.account or meant.account})


def after_fill(record: OrderRecord, fill: Execution) -> dict[str, Any]:
    """TWS may never send the orderStatus that goes with a fill. An order that is being enlarged may go on."""
    state = record.state
    filled = max(state.filled, fill.cum_qty)
    changes: dict[str, Any] = {"filled": filled}
    if state.status in REVIVED_BY_FILL:
        changes["status"] = "Submitted"
    if state.order.quantity:
        changes["remaining"] = max(state.order.quantity - filled, Decimal(0))
        if filled >= max(state.order.quantity, record.change.quantity if record.change else Decimal(0)):
            changes["status"] = "Filled"
    if filled == fill.cum_qty:
        changes |= {"avg_fill_price": fill.avg_price, "last_fill_price": fill.price}
    return changes | known(perm_id=fill.perm_id)


def after_completion(record: OrderRecord, said: CompletedOrder) -> dict[str, Any]:
    """What a completedOrder settles; nothing where it only repeats. Completed and Inactive means rejected."""
    filled = max(record.state.filled, said.filled or Decimal(0))
    status = said.status if said.status in FINAL else ""
    if said.status == "Inactive":
        status = "Cancelled" if filled else "Rejected"
    if status == record.state.status or not may_become(record, status):
        return {}
    changes = {"status": status, "filled": filled} | known(perm_id=said.perm_id)
    if status == "Rejected" and said.completed_status:
        changes["reason"] = Reason(tws_code=ORDER_REJECTED, text=said.completed_status)
    return changes


def end_of_one_not_open(record: OrderRecord) -> str | None:
    """How an order ended that a complete list of open orders lacks, or None where that alone does not tell."""
    state = record.state
    if state.order.quantity and state.filled >= state.order.quantity:
        return "Filled"
    return "Cancelled" if record.doubtful_cancel else None


def known(**values: Any) -> dict[str, Any]:
    """Those that are not None: TWS leaves out in one callback what it said in another."""
    return {name: value for name, value in values.items() if value is not None}
