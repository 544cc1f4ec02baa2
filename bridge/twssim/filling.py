"""How an order is filled: at once or in parts, against the book, from its place in the queue, in an auction."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from twssim.booking import book
from twssim.cancelling import Cancelling
from twssim.market import Quote
from twssim.matching import (
    auction_price,
    available,
    fill_price,
    queue_ahead,
    slice_size,
    trades_reach,
    working_limit,
)
from twssim.order import FILLED, INACTIVE, PENDING_CANCEL, Order
from twssim.triggers import waits_for_trigger

if TYPE_CHECKING:
    from twssim.gateway import Gateway
    from twssim.order_reports import OrderReports

ZERO = Decimal(0)


class Filling:
    """Books fills and tells of them; `work` is called for an order that is left with something to do."""

    def __init__(
        self, gateway: Gateway, reports: OrderReports, cancelling: Cancelling, work: Callable[[Order], None]
    ) -> None:
        """Orders come with each call."""
        self._gateway = gateway
        self._reports = reports
        self._cancelling = cancelling
        self._work = work
        self._random = random.Random(f"fills {gateway.settings.seed}")

    def soon(self, order: Order) -> None:
        """Fill the next part after a moment, at what the market is then."""
        self._after_delay(order, lambda: self._part(order))

    def at_once(self, order: Order) -> None:
        """Fill what the book holds after a moment, and end what is left: IOC is cancelled, FOK all or nothing."""
        self._after_delay(order, lambda: self._whole(order))

    def _after_delay(self, order: Order, action: Callable[[], None]) -> None:
        order.filling = True

        def act() -> None:
            order.filling = False
            if not (order.done or order.status == PENDING_CANCEL):
                action()

        self._gateway.scheduler.after(self._random.uniform(*self._gateway.settings.fill_delay), act)

    def _part(self, order: Order) -> None:
        price = fill_price(order, self._gateway.quote(order))
        if price is None:
            self._work(order)
            return
        shares = slice_size(order, self._gateway.settings.fill_slices)
        self._fill(order, shares, price)
        order.taken += shares
        if not order.done:
            self.soon(order)

    def _whole(self, order: Order) -> None:
        quote = self._gateway.quote(order)
        wanted = available(order, quote)
        least = order.remaining if order.terms.tif == "FOK" else order.terms.amount("min_qty") or ZERO
        if order.terms.tif == "FOK" and wanted < least:
            order.status, order.done_time = INACTIVE, self._gateway.now
            self._reports.state(order)
            return
        while ZERO < wanted >= least and (price := fill_price(order, quote)) is not None:
            shares = min(wanted, slice_size(order, self._gateway.settings.fill_slices))
            self._fill(order, shares, price)
            order.taken += shares
            wanted, least = wanted - shares, ZERO
        if not order.done:
            self._cancelling.cancel(order)

    def in_auction(self, order: Order, quote: Quote) -> None:
        """Fill all at the auction's price, or cancel what the auction leaves out."""
        price = auction_price(order, quote)
        if price is None:
            self._cancelling.expired(order)
        else:
            self._fill(order, order.remaining, price)

    def from_queue(self, order: Order) -> None:
        """A resting order at the best price is filled by trades once those before it are."""
        quote = self._gateway.quote(order)
        limit = working_limit(order, quote)
        if order.ahead is None or limit is None:
            order.ahead = queue_ahead(order, quote)
            return
        if not trades_reach(order, quote):
            return
        order.ahead -= self._gateway.traded(order)
        step = order.instrument.size_increment
        shares = min(
            order.remaining, slice_size(order, self._gateway.settings.fill_slices), -order.ahead // step * step
        )
        if order.terms.flag("all_or_none") and shares < order.remaining:
            return
        if shares > 0:
            order.ahead = ZERO
            self._fill(order, shares, limit)

    def _fill(self, order: Order, shares: Decimal, price: Decimal) -> None:
        executions = book(self._gateway, order, shares, price)
        if order.terms.kind.price == "first" and not order.terms.limit_price:
            order.terms = order.terms.with_limit(price)
            self._reports.modified(order)
        if order.status == FILLED:
            order.done_time = self._gateway.now
        self._reports.fill(order, executions)
        self._cancelling.reduce_group(order, shares)
        if order.status == FILLED:
            self._filled(order)

    def _filled(self, order: Order) -> None:
        """Wake the children of a filled parent, and cancel the rest of its group."""
        for child in self._gateway.orders.children(order):
            if child.acknowledged:
                child.why_held = "trigger" if waits_for_trigger(child) else ""
                self._reports.state(child)
                self._work(child)
        self._cancelling.cancel_group(order)
