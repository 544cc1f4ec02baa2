"""Errors that carry an order id: what each of them does, and does not, say about the order.

An error alone never ends an order that was seen working; only a status or a sweep does. What an error alone ends, of
an order never seen, any later sign of life brings back.
"""

from __future__ import annotations

from typing import Any

from twsbridge.protocol.errors import WireError, make_error
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.inputs import TwsErrorReceived
from twsbridge_server.core.notices import Kind, said_of_order
from twsbridge_server.core.order_changes import FINAL
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.order_waiters import OrderWaiters
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.reconcile import Reconcile

ORDER_CANCELLED = 202
REFUSALS = frozenset({Kind.ORDER, Kind.CHANGE})


class OrderErrors:
    """Gives every error of an order to those it concerns."""

    def __init__(self, orders: Orders, waiters: OrderWaiters, reconcile: Reconcile) -> None:
        self._orders = orders
        self._waiters = waiters
        self._reconcile = reconcile

    def received(self, said: TwsErrorReceived, now: int) -> list[Effect] | None:
        """What an error does to the order with its id; None when there is no such order."""
        record = self._orders.find(client_id=self._orders.client_id, order_id=said.id, perm_id=None, order_ref="")
        if record is None:
            return None
        if said.code == ORDER_CANCELLED:
            return self._cancelled(record, said, now)
        kind = said_of_order(said.code, said.meant)
        if kind is Kind.NOTICE:
            return self._orders.explain(record, said.code, said.text, now)
        if kind is Kind.CANCEL:
            return self._cancel_refused(record, said, now)
        if kind in REFUSALS and record.change is not None:
            return self._change_refused(record, said, now)
        if kind is Kind.ORDER and _can_only_mean_the_order(record):
            return self._rejected(record, said, now)
        if record.state.status not in FINAL:
            self._reconcile.soon(now)
        return self._orders.explain(record, said.code, said.text, now)

    def _cancelled(self, record: OrderRecord, said: TwsErrorReceived, now: int) -> list[Effect]:
        """202 without the status that belongs to it: taken for the end, until TWS shows otherwise."""
        if record.state.status in FINAL:
            return [] if record.fate else self._orders.explain(record, said.code, said.text, now)
        self._reconcile.soon(now)
        record.doubtful_cancel = record.may_mean_the_change
        record.is_concluded = not record.doubtful_cancel
        ended: dict[str, Any] = {"status": "Cancelled"} if record.is_concluded else {}
        if record.fate:
            return self._orders.update(record, now, **ended)
        return self._orders.explain(record, said.code, said.text, now, **ended)

    def _cancel_refused(self, record: OrderRecord, said: TwsErrorReceived, now: int) -> list[Effect]:
        record.cancel_sent_us = None
        self._reconcile.soon(now)
        error = _from_tws("tws.cancel_rejected", "cancel", record, said)
        explained = self._orders.explain(record, said.code, said.text, now)
        return [*explained, *self._waiters.refuse(record, error, "order.cancel")]

    def _change_refused(self, record: OrderRecord, said: TwsErrorReceived, now: int) -> list[Effect]:
        """The caller is answered first: clearing the change would answer him that it was made."""
        error = _from_tws("tws.modify_rejected", "change", record, said)
        refused = self._waiters.refuse(record, error, "order.modify")
        self._reconcile.soon(now)
        explained = self._orders.explain(record, said.code, said.text, now)
        record.change_doubt_us = now
        return [*explained, *refused, *self._orders.end_change(record, now)]

    def _rejected(self, record: OrderRecord, said: TwsErrorReceived, now: int) -> list[Effect]:
        self._reconcile.soon(now)
        explained = self._orders.explain(record, said.code, said.text, now, status="Rejected")
        error = _from_tws("tws.rejected", "order", record, said)
        return [*explained, *self._waiters.refuse(record, error, "order.place", "order.resend")]


def _can_only_mean_the_order(record: OrderRecord) -> bool:
    """It was sent a moment ago and nothing else was, or TWS has just called it Inactive: the same words are said of
    a change or a cancel that was refused, and then nothing has happened to the order."""
    if record.cancel_sent_us is not None or record.change_doubt_us is not None:
        return False
    return record.state.status == ("Inactive" if record.acknowledged else "PendingSubmit")


def _from_tws(code: str, what: str, record: OrderRecord, said: TwsErrorReceived) -> WireError:
    text = f"TWS refused the {what} of order {record.state.order_id}: {said.text}"
    details = {"order_id": record.state.order_id}
    return make_error(code, text, tws_code=said.code, details=details)
