"""The end of orders that are not filled, and what one order's fills do to the others of its group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from twssim.order import CANCELLED, PENDING_CANCEL, PENDING_SUBMIT, Order

if TYPE_CHECKING:
    from twssim.gateway import Gateway
    from twssim.order_reports import OrderReports

CANCEL_REASON = "Order Canceled - reason:"
CANCEL_WITH_BLOCK, REDUCE_WITH_BLOCK = 1, 2


class Cancelling:
    """Cancels orders in the sequence of a real TWS."""

    def __init__(self, gateway: Gateway, reports: OrderReports) -> None:
        """Orders come with each call."""
        self._gateway = gateway
        self._reports = reports

    def cancel(self, order: Order) -> None:
        """PendingCancel now, a moment later Cancelled and notice 202."""
        if order.terms.transmit and order.status != PENDING_SUBMIT:
            order.status = PENDING_CANCEL
            self._reports.state_twice(order)
        delay = self._gateway.settings.cancel_delay
        self._gateway.scheduler.after(delay, lambda: self.cancelled(order))

    def cancelled(self, order: Order) -> None:
        """End an order and everything attached to it: status without openOrder, then 202."""
        if order.done:
            return
        order.status, order.why_held = CANCELLED, ""
        order.done_time = self._gateway.now
        self._reports.status(order)
        self._reports.error(order, 202, CANCEL_REASON)
        for child in self._gateway.orders.children(order):
            self.cancelled(child)

    def expired(self, order: Order) -> None:
        """The same for an order whose time is over; that TWS sends 202 then is unverified, hence the setting."""
        if self._gateway.settings.expiry_notice:
            self.cancelled(order)
            return
        order.status, order.why_held = CANCELLED, ""
        order.done_time = self._gateway.now
        self._reports.status(order)
        for child in self._gateway.orders.children(order):
            self.expired(child)

    def cancel_group(self, order: Order) -> None:
        """Cancel what else is in the one-cancels-all group of a filled order."""
        for other in self._group(order):
            self.cancelled(other)

    def reduce_group(self, order: Order, shares: Decimal) -> None:
        """After a part fill the others of a reducing group lose the same size; none is left, none works."""
        if not order.remaining or order.terms.oca_type == CANCEL_WITH_BLOCK:
            return
        for other in self._group(order):
            left = other.terms.total_quantity - shares
            if left <= other.filled:
                self.cancelled(other)
                continue
            other.terms = replace(other.terms, total_quantity=left)
            self._reports.modified(other)
            self._reports.state(other)

    def blocked(self, order: Order) -> bool:
        """Whether an order waits because another of its group is being filled: overfill protection."""
        if order.terms.oca_type not in (CANCEL_WITH_BLOCK, REDUCE_WITH_BLOCK):
            return False
        return any(other.filling for other in self._group(order))

    def _group(self, order: Order) -> Iterator[Order]:
        group = order.terms.oca_group
        if not group:
            return
        for other in self._gateway.orders.working():
            if (
                other is not order
                and not other.done
                and other.terms.oca_group == group
                and other.account == order.account
            ):
                yield other
