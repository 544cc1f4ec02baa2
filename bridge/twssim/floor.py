"""The trading floor: looks at working orders while their exchange is open, and ends those whose time is over."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from twssim.cancelling import Cancelling
from twssim.conditions import conditions_hold
from twssim.filling import Filling
from twssim.matching import fill_price
from twssim.order import FILLED, PENDING_CANCEL, SUBMITTED, Order
from twssim.order_times import AT_ONCE, ends, hours, in_auction, starts
from twssim.scheduler import Timer
from twssim.triggers import trailed, trigger_reached, waits_for_trigger

if TYPE_CHECKING:
    from twssim.gateway import Gateway
    from twssim.order_reports import OrderReports

NEVER = float("inf")
ZERO = Decimal(0)


class Floor:
    """Looks at every order that may trade once per look interval, and sleeps while none may."""

    def __init__(self, gateway: Gateway, reports: OrderReports, cancelling: Cancelling) -> None:
        """Start with nothing to do."""
        self._gateway = gateway
        self._reports = reports
        self._cancelling = cancelling
        self._filling = Filling(gateway, reports, cancelling, self.work)
        self._timer: Timer | None = None

    def opens(self, order: Order) -> float:
        """When the trading hours of an order begin; not later than now while they go on."""
        return hours(order, self._gateway.calendar, self._gateway.now).start

    def held_by_parent(self, order: Order) -> bool:
        """Whether an order waits for another one to fill."""
        parent = self._gateway.orders.find(order.client_id, order.terms.parent_id)
        return parent is not None and parent.status != FILLED

    def work(self, order: Order) -> None:
        """Do what time and market allow for an order now; come back at the next tick otherwise."""
        self._look_again(self._gateway.settings.look_interval)
        if order.done or order.filling or order.status == PENDING_CANCEL or self._ended(order):
            return
        if not self._may_trade(order):
            return
        quote = self._gateway.quote(order)
        if in_auction(order):
            self._filling.in_auction(order, quote)
            return
        self._trail(order)
        if trigger_reached(order, quote):
            order.triggered = True
        if waits_for_trigger(order) or self._cancelling.blocked(order):
            return
        if order.terms.tif in AT_ONCE:
            self._filling.at_once(order)
        elif fill_price(order, quote) is not None:
            self._filling.soon(order)
        else:
            self._rest(order)

    def _ended(self, order: Order) -> bool:
        end = ends(order, self._gateway.calendar)
        if end is not None and self._gateway.now >= end:
            self._cancelling.expired(order)
        elif order.terms.conditions and order.terms.flag("conditions_cancel_order"):
            if conditions_hold(self._gateway, order):
                self._cancelling.cancelled(order)
        return order.done

    def _may_trade(self, order: Order) -> bool:
        if self.held_by_parent(order) or order.why_held == "locate":
            return False
        terms = order.terms
        is_open = starts(order, self._gateway.calendar, self._gateway.now) <= self._gateway.now
        waits = terms.conditions and not order.conditions_met and not terms.flag("conditions_cancel_order")
        if waits and (is_open or terms.flag("conditions_ignore_rth")):
            order.conditions_met = conditions_hold(self._gateway, order)
            waits = not order.conditions_met
        return is_open and not waits

    def _trail(self, order: Order) -> None:
        if order.terms.kind.trigger != "trail" or order.triggered:
            return
        terms = trailed(order, self._gateway.quote(order))
        if terms is not order.terms:
            order.terms = terms
            self._reports.trailed(order)

    def _rest(self, order: Order) -> None:
        """Leave an order at the exchange until the market reaches it, or its turn in the queue comes."""
        if order.status != SUBMITTED or order.why_held:
            order.status, order.why_held = SUBMITTED, ""
            self._reports.state(order)
        if order.resting:
            self._filling.from_queue(order)
        order.resting, order.taken = True, ZERO

    def _look_again(self, seconds: float) -> None:
        """Have a look after so many seconds, or before."""
        due = self._gateway.now + seconds
        if self._timer is not None:
            if self._timer.due <= due:
                return
            self._timer.cancel()
        self._timer = self._gateway.scheduler.after(seconds, self._look)

    def _look(self) -> None:
        self._timer = None
        now = self._gateway.now
        acknowledged = [order for order in self._gateway.orders.working() if order.acknowledged]
        for order in acknowledged:
            if self._next_look(order) <= now + self._gateway.settings.look_interval:
                self.work(order)
        due = min((self._next_look(order) for order in acknowledged if not order.done), default=NEVER)
        if due < NEVER:
            self._look_again(due - now)

    def _next_look(self, order: Order) -> float:
        """When something can happen to an order by itself: at the next tick, at its opening, at its end."""
        now, calendar = self._gateway.now, self._gateway.calendar
        tick, end = now + self._gateway.settings.look_interval, ends(order, calendar)
        last = NEVER if end is None else max(end, now)
        if order.status == PENDING_CANCEL:
            return NEVER
        if self.held_by_parent(order):
            return last
        if order.terms.conditions and order.terms.flag("conditions_ignore_rth"):
            return min(last, tick)
        begin = starts(order, calendar, now)
        return min(last, begin if begin > now else tick)
