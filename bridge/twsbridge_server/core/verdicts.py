"""What a sweep says of the orders: those it lacks, those it shows though they were called done, changes in doubt.

One sweep may be mistaken, since callbacks cross it. So whatever ends an order, or brings one back, needs two of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from twsbridge.protocol.models import DONE, UNKNOWN
from twsbridge_server.core.effects import Effect, Log
from twsbridge_server.core.order_changes import FINAL, SHOWN_ALIVE, end_of_one_not_open
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.orders import Orders

PROOF_US = 10_000_000
"""An order is NOT_FOUND when a complete sweep lacked it and another one that began so long after that did too."""

LOOK_AGAIN_US = 1_000_000
"""After this a sweep looks again at an order that is open although it was called done."""


class Sweep(Protocol):
    """What was asked when, the orders that were shown, and of those that are open their status."""

    @property
    def started_us(self) -> int:
        """When it was asked."""

    @property
    def seen(self) -> Collection[str]:
        """Row keys."""

    @property
    def open(self) -> Mapping[str, str]:
        """Row key -> status."""


class Verdicts:
    """`again_us`: when another sweep should begin at the latest to prove what the last one suggests."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self.again_us: int | None = None

    def of_open_orders(self, sweep: Sweep, now: int) -> list[Effect]:
        """The list of open orders is complete: this alone settles some of those it lacks."""
        self.again_us = None
        effects: list[Effect] = []
        for record in self._lacking(sweep):
            end = end_of_one_not_open(record)
            if record.state.status not in DONE and end is not None:
                record.doubtful_cancel, record.change_doubt_us, record.change = False, None, None
                record.doubted = None
                effects += self._orders.update(record, now, status=end)
        return effects

    def of_everything(self, sweep: Sweep, now: int) -> list[Effect]:
        """All answers are complete."""
        effects: list[Effect] = []
        for record in self._lacking(sweep):
            effects += self._absent(record, sweep, now)
        for record in self._orders:
            if record.row_key in sweep.seen:
                effects += self._present(record, sweep, now)
        return effects

    def _lacking(self, sweep: Sweep) -> list[OrderRecord]:
        sent = (record for record in self._orders if not record.is_queued and record.sent_us < sweep.started_us)
        return [record for record in sent if record.row_key not in sweep.seen]

    def _absent(self, record: OrderRecord, sweep: Sweep, now: int) -> list[Effect]:
        record.contradicted_us = None
        if record.state.status in DONE:
            return []
        if record.missing_since_us is None:
            record.missing_since_us = now
            self._look_again(now + PROOF_US)
            return self._orders.update(record, now, status=UNKNOWN)
        if sweep.started_us < record.missing_since_us + PROOF_US:
            self._look_again(record.missing_since_us + PROOF_US)
            return []
        return self._orders.update(record, now, status="NOT_FOUND")

    def _present(self, record: OrderRecord, sweep: Sweep, now: int) -> list[Effect]:
        if record.change_doubt_us is not None and record.change_doubt_us < sweep.started_us:
            record.change_doubt_us = record.doubted = None
        status, state = sweep.open.get(record.row_key, ""), record.state
        is_done = state.status in FINAL and state.status != "Filled" and state.updated_us < sweep.started_us
        if not (is_done and status in SHOWN_ALIVE):
            record.contradicted_us = None
            return []
        if record.contradicted_us is None:
            record.contradicted_us = now
            self._look_again(now + LOOK_AGAIN_US)
            return []
        record.contradicted_us = None
        text = f"Order {record.name} was called {state.status} and TWS goes on working it"
        return [Log("error", text), *self._orders.update(record, now, status=status)]

    def _look_again(self, at: int) -> None:
        self.again_us = at if self.again_us is None else min(self.again_us, at)
