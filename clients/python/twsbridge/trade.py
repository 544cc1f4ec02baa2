"""A live order in the hands of the caller: always current, to be waited for, changed and cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import SupportsFloat

from twsbridge.channel import Channel, build
from twsbridge.errors import OrderError, make_error
from twsbridge.fills import Fill
from twsbridge.notation import contract_text
from twsbridge.orders import Size, changed_order
from twsbridge.progress import Progress
from twsbridge.protocol.commands import CancelOrder, ModifyOrder
from twsbridge.protocol.fields import decimal_text
from twsbridge.protocol.models import OrderState
from twsbridge.protocol.replies import OrderReply
from twsbridge.rows import Rows
from twsbridge.stream_event import StreamEvent

LADDER = ("pendingsubmit", "presubmitted", "submitted", "filled")
"""Statuses that an order passes one after the other; having passed one counts as having reached it."""


LONG_SECONDS = 3600.0


class Trade:
    """An order and what became of it, kept current by events. Keep it as long as you want to watch it."""

    def __init__(self, channel: Channel, progress: Progress) -> None:
        self._channel = channel
        self._progress = progress

    @property
    def state(self) -> OrderState:
        """Everything the bridge says about the order now."""
        return self._progress.state

    @property
    def order_id(self) -> int | None:
        """TWS's number of the order; it stays when the order is modified."""
        return self.state.order_id

    @property
    def perm_id(self) -> int | None:
        """IB's lasting number; None until TWS has given it."""
        return self.state.perm_id

    @property
    def client_order_id(self) -> str | None:
        """The caller's own key: `find` takes it, also in another process or on another day."""
        return self.state.client_order_id

    @property
    def status(self) -> str:
        """IB's word: PendingSubmit, PreSubmitted, Submitted, Filled, Cancelled ...; UNKNOWN while nobody knows."""
        return self.state.status

    @property
    def filled(self) -> Decimal:
        """How much is filled so far."""
        return self.state.filled

    @property
    def remaining(self) -> Decimal:
        """How much is left."""
        return self.state.remaining

    @property
    def avg_price(self) -> float | None:
        """The average price of what is filled; None before the first fill."""
        return self.state.avg_fill_price or None

    @property
    def fills(self) -> Rows[Fill]:
        """Its fills so far, with their commissions once these are known."""
        return Rows(self._progress.fills)

    @property
    def is_done(self) -> bool:
        """True when nothing more will happen to it."""
        return self.state.is_done

    def wait(self, status: str = "done", timeout: float | None = None) -> Trade:
        """Wait until it has this status ("done": until it is over). Returns itself.

        Raises TimeoutError with the status it has then, and OrderError when it ended in another way.
        """
        wanted = status.lower()
        seconds = self._channel.seconds(timeout)
        came = self._progress.wait_for(lambda: self._has_reached(wanted), seconds)
        if wanted == "done" and (came or self.is_done):
            return self
        if not came:
            raise TimeoutError(f"After {seconds:g} s, not yet {status}: {self}. Nothing was changed by waiting.")
        if not _has_passed(self.status.lower(), wanted):
            msg = f"It will not become {status} any more: {self}"
            raise OrderError(make_error("order.done", msg, now="It is over.", do="See .state and its reason."))
        return self

    def modify(
        self,
        quantity: Size | None = None,
        limit: SupportsFloat | None = None,
        stop: SupportsFloat | None = None,
        timeout: float | None = None,
    ) -> Trade:
        """Change size or price of the working order; the order id stays. Returns itself."""
        order = changed_order(self.state.order, {"quantity": quantity, "limit": limit, "stop": stop})
        command = build(ModifyOrder, order_id=self.order_id, order=order)
        self._progress.update(self._channel.ask(command, OrderReply, timeout).order)
        return self

    def cancel(self, timeout: float | None = None) -> Trade:
        """Ask TWS to cancel it; `.wait()` for the outcome, it may still fill. Returns itself."""
        by_id = {"order_id": self.order_id} if self.order_id else {"client_order_id": self.client_order_id}
        self._progress.update(self._channel.ask(build(CancelOrder, **by_id), OrderReply, timeout).order)
        return self

    def __iter__(self) -> Iterator[StreamEvent]:
        """Its events from the beginning, as they come, until it is over."""
        events = self._progress.events
        seen = 0
        while self._has_more(seen):
            if seen < len(events):
                yield events[seen]
                seen += 1

    def __repr__(self) -> str:
        order = self.state.order
        prices = [f"{price:g}" for price in (order.limit_price, order.stop_price) if price is not None]
        what = f"{order.action} {decimal_text(order.quantity)} {contract_text(self.state.contract)} {order.order_type}"
        done = f"{decimal_text(self.filled)} of {decimal_text(order.quantity)} filled"
        average = f" @ {self.avg_price:g}" if self.avg_price is not None else ""
        reason = f", {self.state.reason.tws_code} {self.state.reason.text}" if self.state.reason else ""
        return f"Trade(order {self.order_id}: {' '.join([what, *prices])}: {self.status}, {done}{average}{reason})"

    def _has_more(self, seen: int) -> bool:
        """Wait a while for another event; False when all are seen and no more will come."""
        progress = self._progress
        progress.wait_for(lambda: len(progress.events) > seen or progress.is_complete, LONG_SECONDS)
        return len(progress.events) > seen or not progress.is_complete

    def _has_reached(self, wanted: str) -> bool:
        if wanted == "done":
            return self._progress.is_complete
        return self.is_done or _has_passed(self.status.lower(), wanted)


def _has_passed(status: str, wanted: str) -> bool:
    if status in LADDER and wanted in LADDER:
        return LADDER.index(status) >= LADDER.index(wanted)
    return status == wanted
