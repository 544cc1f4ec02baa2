"""The trading floor: tries working orders against the market, and fills them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from twssim.booking import book
from twssim.cancelling import Cancelling
from twssim.matching import fill_price, slice_size, stop_reached, waits_for_trigger
from twssim.order import FILLED, INACTIVE, PENDING_CANCEL, SUBMITTED, Order

if TYPE_CHECKING:
    from twssim.gateway import Gateway
    from twssim.order_reports import OrderReports


class Floor:
    """Looks at every working order once per tick interval, as long as there are any."""

    def __init__(self, gateway: Gateway, reports: OrderReports, cancelling: Cancelling) -> None:
        """Start with nothing to do."""
        self._gateway = gateway
        self._reports = reports
        self._cancelling = cancelling
        self._matching = False
        self._random = random.Random(f"fills {gateway.settings.seed}")

    def is_open(self, order: Order) -> bool:
        """Whether the exchange of an order trades now."""
        return self._gateway.calendar.is_open(order.instrument, self._gateway.now)

    def held_by_parent(self, order: Order) -> bool:
        """Whether an order waits for another one to fill."""
        parent = self._gateway.orders.find(order.client_id, order.terms.parent_id)
        return parent is not None and parent.status != FILLED

    def work(self, order: Order) -> None:
        """Do what the market allows for an order now; come back at the next tick otherwise."""
        self._start_matching()
        if order.done or order.filling or order.status == PENDING_CANCEL:
            return
        if self.held_by_parent(order) or not self.is_open(order):
            return
        quote = self._gateway.market.quote(order.instrument.con_id, self._gateway.now)
        if stop_reached(order, quote):
            order.triggered = True
        if fill_price(order, quote) is not None:
            self._fill_soon(order)
        elif not waits_for_trigger(order):
            self._rest(order)

    def _start_matching(self) -> None:
        if not self._matching:
            self._matching = True
            self._gateway.scheduler.every(self._gateway.settings.tick_interval, self._match)

    def _match(self) -> bool:
        working = self._gateway.orders.working()
        for order in working:
            if order.acknowledged:
                self.work(order)
        self._matching = bool(working)
        return self._matching

    def _rest(self, order: Order) -> None:
        """Leave an order at the exchange until the market reaches it."""
        if order.terms.tif == "IOC":
            self._cancelling.cancel(order)
        elif order.terms.tif == "FOK":
            order.status, order.done_time = INACTIVE, self._gateway.now
            self._reports.state(order)
        else:
            order.resting = True
            if order.status != SUBMITTED or order.why_held:
                order.status, order.why_held = SUBMITTED, ""
                self._reports.state(order)

    def _fill_soon(self, order: Order) -> None:
        order.filling = True
        delay = self._random.uniform(*self._gateway.settings.fill_delay)
        self._gateway.scheduler.after(delay, lambda: self._fill(order))

    def _fill(self, order: Order) -> None:
        order.filling = False
        if order.done or order.status == PENDING_CANCEL:
            return
        quote = self._gateway.market.quote(order.instrument.con_id, self._gateway.now)
        price = fill_price(order, quote)
        if price is None:
            self._rest(order)
            return
        shares = slice_size(order, self._gateway.settings.fill_slices)
        execution = book(self._gateway, order, shares, price)
        if order.status == FILLED:
            order.done_time = self._gateway.now
        self._reports.fill(order, execution)
        if order.status == FILLED:
            self._filled(order)
        else:
            self._fill_soon(order)

    def _filled(self, order: Order) -> None:
        """Wake the children of a filled parent, and cancel the rest of its group."""
        for child in self._gateway.orders.children(order):
            if child.acknowledged:
                child.why_held = "trigger" if waits_for_trigger(child) else ""
                self._reports.state(child)
                self.work(child)
        self._cancelling.cancel_group(order)
