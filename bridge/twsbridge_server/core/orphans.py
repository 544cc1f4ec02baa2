"""Orders whose owner is gone: cancelled until TWS has answered, or left alone for as long as they reduce a position.

What was decided is in the journal, so that a restart goes on with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from twsbridge.protocol.models import DONE, Reason
from twsbridge_server.core import calls
from twsbridge_server.core.accounts import Accounts
from twsbridge_server.core.effects import CallTws, Effect
from twsbridge_server.core.leases import Holder
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.placements import OWN_WORDS
from twsbridge_server.core.reconcile import Reconcile
from twsbridge_server.core.reductions import only_reduce
from twsbridge_server.core.session import READY, Session

ENDING, WATCHED = "ending", "watched"
"""Fates of an order: it is to be cancelled; it is cancelled as soon as it does more than reduce a position."""

FATES: Mapping[str, tuple[str, str]] = {
    "cancel": (ENDING, "it is cancelled, as its owner chose"),
    "reduce_only": (WATCHED, "it stays while it only reduces a position, as its owner chose"),
}

RETRY_US = 5_000_000
"""A cancel that TWS has not answered is sent again after this; watched orders are looked at as often."""


class Orphans:
    """Carries out what owners chose. Cancels go out whenever TWS listens, those of `reduce_only` once it is READY."""

    def __init__(self, orders: Orders, session: Session, accounts: Accounts, reconcile: Reconcile) -> None:
        self._orders = orders
        self._session = session
        self._accounts = accounts
        self._reconcile = reconcile
        self._check_us: int | None = None

    def of(self, holder: Holder) -> list[OrderRecord]:
        """The orders of this process that are not done."""
        return [record for record in self._live() if record.lease.holder == holder]

    def take(self, records: Iterable[OrderRecord], why: str, now: int) -> list[Effect]:
        """Their owner is gone: from now on these are treated as it chose."""
        effects: list[Effect] = []
        for record in records:
            record.fate, what = FATES[record.state.on_death]
            effects += self._explain(record, f"{why}: {what}", now)
        self._check_us = now
        return effects

    def release(self, records: Iterable[OrderRecord], now: int) -> list[Effect]:
        """Their owner is back: these are its own again, but for those that are being cancelled."""
        effects: list[Effect] = []
        for record in records:
            if record.fate == WATCHED:
                record.fate = ""
                effects += self._orders.update(record, now, reason=None) or self._orders.keep(record)
        return effects

    def restarted(self, now: int) -> None:
        """Go on with what was decided before."""
        self._check_us = now

    def changed(self, record: OrderRecord, now: int) -> list[Effect]:
        """Listens to every change of an order: the end of one may be the end of all, or leave others alone."""
        if record.fate and record.state.status in DONE:
            self._check_us = now
        return []

    def due(self, now: int) -> list[Effect]:
        """Decide about watched orders, send the cancels that are due."""
        held = [record for record in self._live() if record.fate]
        self._check_us = now + RETRY_US if held else None
        effects: list[Effect] = []
        if self._session.state == READY and self._accounts.has_positions:
            for record in self._exceeding([record for record in held if record.fate == WATCHED]):
                record.fate = ENDING
                text = "It does more than reduce a position: it is cancelled, as its owner chose"
                effects += self._explain(record, text, now)
        for record in held:
            if record.fate == ENDING and record.state.status != "PendingCancel":
                effects += self._cancel(record, now)
        return effects

    def next_due(self) -> int | None:
        """When `due` has something to do; not while TWS cannot be told."""
        return self._check_us if self._session.is_up else None

    def _live(self) -> list[OrderRecord]:
        return [record for record in self._orders if record.is_ours and record.state.status not in DONE]

    def _exceeding(self, watched: list[OrderRecord]) -> list[OrderRecord]:
        """An order whose parent still lives does nothing yet: it is judged when the parent is done."""
        judged = [record for record in watched if not self._waits_for_parent(record)]
        keys = {record.row_key for record in watched}
        others = [record for record in self._orders if record.row_key not in keys and not record.fate]
        staying = only_reduce(judged, others, self._accounts.positions())
        return [record for record in judged if record.row_key not in staying]

    def _waits_for_parent(self, record: OrderRecord) -> bool:
        parent = self._orders.by_order_id(record.links.parent_id)
        return parent is not None and parent.state.status not in DONE

    def _cancel(self, record: OrderRecord, now: int) -> list[Effect]:
        sent_us = record.cancel_sent_us
        if sent_us is not None:
            if now - sent_us < RETRY_US:
                return []
            self._reconcile.soon(now)
        record.cancel_sent_us = now
        return [CallTws(calls.CancelOrder(record.number))]

    def _explain(self, record: OrderRecord, text: str, now: int) -> list[Effect]:
        reason = Reason(tws_code=OWN_WORDS, text=text)
        return self._orders.update(record, now, reason=reason) or self._orders.keep(record)
