"""A bracket whose last order TWS refused, or never got: the others wait in TWS for a transmission that never comes.

Somebody at TWS's screen could still transmit them, without their stop or their target. So they are cancelled.
"""

from __future__ import annotations

from twsbridge.protocol.models import DONE
from twsbridge_server.core import calls
from twsbridge_server.core.effects import CallTws, Effect, Log
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.reconcile import Reconcile

ABSENT = frozenset({"Rejected", "NOT_FOUND"})
WORKS = "Submitted"


class HeldOrders:
    """Listens to every change of an order. Each held order is cancelled once; one that works is never touched."""

    def __init__(self, orders: Orders, reconcile: Reconcile) -> None:
        self._orders = orders
        self._reconcile = reconcile
        self._cancelled: set[int] = set()

    def changed(self, record: OrderRecord, now: int) -> list[Effect]:
        """Cancel what is left of a bracket that can never be whole."""
        if record.links.oca_group or not record.links.family or not self._reconcile.can_ask:
            return []
        *others, last = [self._orders.by_order_id(order_id) for order_id in record.links.family]
        if last is None or last.acknowledged or last.state.status not in ABSENT:
            return []
        return [
            effect for other in others if other and self._is_held(other) for effect in self._cancel(other, last, now)
        ]

    def _is_held(self, record: OrderRecord) -> bool:
        """TWS has shown it, and nothing of it has happened."""
        state = record.state
        is_idle = state.status not in DONE and state.status != WORKS and not state.filled
        return record.acknowledged and is_idle and record.number not in self._cancelled

    def _cancel(self, record: OrderRecord, last: OrderRecord, now: int) -> list[Effect]:
        self._cancelled.add(record.number)
        record.cancel_sent_us = now
        text = f"order {record.number} is cancelled: TWS holds it for order {last.number}, which is {last.state.status}"
        return [Log("warning", text), CallTws(calls.CancelOrder(record.number))]
