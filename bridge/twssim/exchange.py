"""The life of orders: acknowledged, held, modified, rejected, cancelled; the floor fills them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from twssim.cancelling import Cancelling
from twssim.clock import stamp
from twssim.combos import own_price
from twssim.floor import Floor
from twssim.order import INACTIVE, PENDING_CANCEL, PRE_SUBMITTED, Order
from twssim.order_terms import OrderTerms
from twssim.order_types import usual_spelling
from twssim.triggers import waits_for_trigger

if TYPE_CHECKING:
    from twssim.gateway import Gateway
    from twssim.order_reports import OrderReports


class Exchange:
    """Takes orders from the API sessions; everything happens after realistic delays."""

    def __init__(self, gateway: Gateway, reports: OrderReports) -> None:
        """Start with nothing in motion."""
        self._gateway = gateway
        self._reports = reports
        self._cancelling = Cancelling(gateway, reports)
        self._floor = Floor(gateway, reports, self._cancelling)
        self._random = random.Random(f"acknowledgements {gateway.settings.seed}")

    def submit(self, order: Order) -> None:
        """Acknowledge a transmitted order after a moment, then work on it."""
        self._after_ack(lambda: self._acknowledge(order))

    def preview(self, order: Order) -> None:
        """Answer a what-if order after a moment: one openOrder, nothing else."""
        order.status = PRE_SUBMITTED
        self._after_ack(lambda: self._reports.preview(order))

    def reject(self, order: Order, reason: str) -> None:
        """Refuse an accepted order after a moment: error 201 with the reason, then Inactive."""

        def refuse() -> None:
            order.reject_reason = reason
            order.status, order.done_time = INACTIVE, self._gateway.now
            self._reports.error(order, 201, f"Order rejected - reason:{reason}")
            self._reports.state(order)

        self._after_ack(refuse)

    def modify(self, order: Order, terms: OrderTerms) -> None:
        """Replace the terms of a working order after a moment; perm id and fills stay."""
        self._after_ack(lambda: self._modified(order, terms))

    def _modified(self, order: Order, terms: OrderTerms) -> None:
        if order.done:
            self._reports.error(order, 104, "Cannot modify a filled order.")
        elif terms.total_quantity <= order.filled:
            reason = "Quantity must be greater than what has been filled"
            self._reports.error(order, 201, f"Order rejected - reason:{reason}")
        else:
            order.became_market = (usual_spelling(order.terms.order_type), terms.order_type) == ("LMT", "MKT")
            order.terms = terms
            order.combo_limit = own_price(self._gateway.legs(order), terms)
            order.resting, order.ahead, order.taken = False, None, Decimal(0)
            self._reports.modified(order)
            self._reports.state_twice(order)
            self._floor.work(order)

    def cancel(self, order: Order) -> None:
        """Cancel a working order."""
        self._cancelling.cancel(order)

    def resume(self) -> None:
        """Go on with the orders of an earlier run: TWS keeps working orders over restarts."""
        for order in self._gateway.orders.working():
            if order.status == PENDING_CANCEL:
                self._cancelling.cancel(order)
            elif order.acknowledged:
                if order.why_held == "locate":
                    self._locate(order)
                self._floor.work(order)
            else:
                self.submit(order)

    def _after_ack(self, action: Callable[[], None]) -> None:
        held = self._gateway.tampering.held
        if held is not None:
            held.append(lambda: self._after_ack(action))
            return
        delay = self._random.uniform(*self._gateway.settings.ack_delay)
        self._gateway.scheduler.after(delay, action)

    def _acknowledge(self, order: Order) -> None:
        if order.done or order.status == PENDING_CANCEL:
            return
        order.acknowledged, order.entered = True, self._gateway.now
        order.status = PRE_SUBMITTED
        held = ["child"] * self._floor.held_by_parent(order)
        order.why_held = ",".join(held + ["trigger"] * waits_for_trigger(order))
        if self._needs_locate(order):
            self._locate(order)
        opening = self._floor.opens(order)
        if opening > self._gateway.now:
            self._reports.error(order, 399, _held_until(order, opening))
        self._report_acknowledged(order)
        self._floor.work(order)

    def _needs_locate(self, order: Order) -> bool:
        """Whether an order sells shares short that are hard to borrow."""
        terms, instrument = order.terms, order.instrument
        if (
            terms.is_buy
            or instrument.sec_type != "STK"
            or instrument.symbol not in self._gateway.settings.hard_to_borrow
        ):
            return False
        held = self._gateway.accounts[order.account].positions.get(instrument.con_id)
        return terms.action == "SSHORT" or order.remaining > (held.quantity if held else 0)

    def _locate(self, order: Order) -> None:
        """Hold an order while shares are looked for; they are found after a while."""
        order.why_held = "locate"
        self._reports.error(order, 404, "Order held while securities are located.")

        def found() -> None:
            if order.why_held == "locate":
                order.why_held = "trigger" if waits_for_trigger(order) else ""
                self._reports.state(order)
                self._floor.work(order)

        self._gateway.scheduler.after(self._gateway.settings.locate_seconds, found)

    def _report_acknowledged(self, order: Order) -> None:
        """A stop shows a passing limit price in its first openOrder, as a real TWS does."""
        terms = order.terms
        if usual_spelling(terms.order_type) == "STP" and terms.aux_price is not None:
            passing = terms.aux_price + 3 * order.instrument.min_tick
            order.terms = replace(terms, limit_price=passing)
            self._reports.state(order)
            order.terms = terms
            self._reports.state(order)
        else:
            self._reports.state_twice(order)


def _held_until(order: Order, opening: float) -> str:
    instrument = order.instrument
    what = f"{order.terms.action} {order.terms.total_quantity:f} {instrument.local_symbol}"
    warning = "Warning: your order will not be placed at the exchange until"
    return f"Order Message:\n{what}\n{warning} {stamp(opening, instrument.time_zone)}"
