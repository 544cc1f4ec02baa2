"""The end of orders that are not filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twssim.order import CANCELLED, PENDING_CANCEL, PENDING_SUBMIT, Order

if TYPE_CHECKING:
    from twssim.gateway import Gateway
    from twssim.order_reports import OrderReports

CANCEL_REASON = "Order Canceled - reason:"


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

    def cancel_group(self, order: Order) -> None:
        """Cancel what else is in the one-cancels-all group of a filled order."""
        group = order.terms.oca_group
        for other in self._gateway.orders.working():
            if group and other.terms.oca_group == group and other.account == order.account:
                self.cancelled(other)
