"""From the intent to the first sign of life: what is on disk before it is sent, sent at most once, and then awaited.

An order that waits for its turn (pacing.py) is not sent: it may still be taken back, and is then known not to exist.
"""

from __future__ import annotations

from collections.abc import Iterable

from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.events import OrderChanged
from twsbridge.protocol.models import UNKNOWN, Reason
from twsbridge_server.core import calls
from twsbridge_server.core.admission import Wanted
from twsbridge_server.core.effects import AppendJournal, CallTws, Effect, IntentRow, ShownRow
from twsbridge_server.core.inputs import CallMissed
from twsbridge_server.core.order_record import REF_PREFIX, Links, OrderRecord, order_ref
from twsbridge_server.core.order_waiters import PATIENCE_US, OrderWaiters
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.restored import Restored

OWN_WORDS = 0
"""The code of a reason that the bridge gives, not TWS."""

Key = tuple[str, str]


class Placements:
    """Which keys were used for what, which orders wait to be sent, and of which TWS has said nothing yet.

    `keeps_shown`: what TWS shows is journaled, for the journal may not know it and TWS may not list it tomorrow.
    """

    def __init__(self, orders: Orders, client_id: int, restored: Restored) -> None:
        self._orders = orders
        self._client_id = client_id
        self._meanings = {(row.owner, row.client_order_id): row.body_hash for row in restored.intents}
        self._unheard: dict[str, OrderRecord] = {}
        self._shown: dict[str, int] = dict(restored.shown)
        self.keeps_shown = restored.lost is not None
        self.waiters = OrderWaiters()

    def meaning_of(self, key: Key) -> bytes | None:
        """What was asked for under this key, as a hash; None while the key is free."""
        return self._meanings.get(key)

    def reference(self, key: Key, attempt: int = 1) -> str:
        """The text that travels with an order, or names a group, in TWS."""
        return order_ref(self._client_id, *key, attempt)

    def shown(self, reference: str, perm_id: int | None) -> list[Effect]:
        """TWS has an order, or a fill of one, with this reference."""
        if not reference.startswith(REF_PREFIX):
            return []
        is_new = reference not in self._shown
        self._shown[reference] = perm_id or 0
        return [AppendJournal(ShownRow(reference, perm_id or 0))] if is_new and self.keeps_shown else []

    def refusal_of_shown(self, keys: Iterable[Key], attempt: int = 1) -> WireError | None:
        """Why orders that the journal does not know may not be placed: TWS knows one. The journal is an older copy."""
        for key in keys:
            reference = self.reference(key, attempt)
            if reference in self._shown:
                perm_id = self._shown[reference] or None
                text = f"TWS has an order under the client_order_id {key[1]!r} already (perm id {perm_id})"
                return make_error("idem.known_to_tws", text, details={"perm_id": perm_id, "order_ref": reference})
        return None

    def intend(
        self, key: Key, body_hash: bytes, wanted: Wanted, links: Links, now: int
    ) -> tuple[OrderRecord, list[Effect]]:
        """Take an order id and write down what is about to be sent; sending is up to the caller."""
        self._meanings[key] = body_hash
        record, effects = self.attempt(key, wanted, links, 1, now)
        intent = IntentRow(*key, body_hash, record.number, record.order_ref, now)
        return record, [AppendJournal(intent), *effects]

    def attempt(
        self, key: Key, wanted: Wanted, links: Links, number: int, now: int
    ) -> tuple[OrderRecord, list[Effect]]:
        """The first or a further order under a key, with an order id and a reference of its own."""
        order_id, effects = self._orders.take_order_id()
        state = OrderChanged(
            order_id=order_id,
            client_id=self._client_id,
            owner=key[0],
            client_order_id=key[1],
            attempt=number,
            contract=wanted.contract,
            order=wanted.order,
            remaining=wanted.order.quantity,
            parent_id=links.parent_id or None,
            oca_group=links.oca_group,
            on_death=wanted.lease.on_death,
            strategy=wanted.strategy,
        )
        record = OrderRecord(
            f"b:{order_id}",
            state,
            self.reference(key, number),
            links=links,
            is_queued=True,
            placed_us=now,
            reserved_price=wanted.price,
            lease=wanted.lease,
        )
        return record, [*effects, *self._orders.add(record, now)]

    def sent(self, call: calls.TwsCall, now: int) -> None:
        """It has its turn and goes out now: from here on silence is doubt."""
        for record in self._named_by(call):
            record.is_queued = False
            if not record.acknowledged:
                record.sent_us = now
                self._unheard[record.row_key] = record

    def unsent(self, dropped: Iterable[CallTws], error: WireError, now: int) -> list[Effect]:
        """These waited for their turn and will never be sent: the orders do not exist, changes were not made."""
        effects: list[Effect] = []
        for record in [record for call in dropped for record in self._named_by(call.call)]:
            if record.is_queued:
                record.is_queued = False
                effects += self.waiters.refuse(record, error)
                reason = Reason(tws_code=OWN_WORDS, text=error.msg)
                effects += self._orders.update(record, now, status="NOT_FOUND", reason=reason)
            else:
                effects += self.waiters.refuse(record, error, "order.modify")
                effects += self._orders.end_change(record, now)
        return effects

    def missed(self, missed: CallMissed, now: int) -> list[Effect]:
        """These had their turn and did not leave after all, which is as if they still waited for it."""
        for record in self._named_by(missed.call):
            if record.change is None:
                self._unheard.pop(record.row_key, None)
                record.is_queued = True
        text = "The deadline passed while the bridge wrote down what it was about to send"
        error = make_error("req.expired", text, now="It was never sent to TWS and will not be.")
        return self.unsent([CallTws(missed.call)], error, now)

    @property
    def unheard(self) -> int:
        """How many orders were sent a moment ago and TWS has said nothing of yet."""
        return len(self._unheard)

    def heard(self, record: OrderRecord) -> None:
        """TWS has said something of this order."""
        if record.acknowledged:
            self._unheard.pop(record.row_key, None)

    def restarted(self, now: int) -> list[Effect]:
        """The bridge was away: whether TWS has what was sent last is not known."""
        for record in self._orders:
            record.doubt_change(now)
        return self._doubt([r for r in self._orders if r.is_ours and not r.acknowledged], now)

    def lost(self, now: int) -> list[Effect]:
        """The connection broke: what was sent and not acknowledged is unknown."""
        return self._doubt([*self._unheard.values()], now)

    def due(self, now: int) -> list[Effect]:
        """Orders of which TWS has said nothing for too long."""
        return self._doubt([r for r in self._unheard.values() if r.sent_us + PATIENCE_US <= now], now)

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        return min((record.sent_us + PATIENCE_US for record in self._unheard.values()), default=None)

    def _named_by(self, call: calls.TwsCall) -> list[OrderRecord]:
        if not isinstance(call, calls.PlaceOrder | calls.PlaceGroup):
            return []
        return [record for order_id in calls.order_ids(call) if (record := self._orders.by_order_id(order_id))]

    def _doubt(self, records: list[OrderRecord], now: int) -> list[Effect]:
        effects: list[Effect] = []
        for record in records:
            self._unheard.pop(record.row_key, None)
            if record.state.status == "PendingSubmit":
                effects += self._orders.update(record, now, status=UNKNOWN)
        return effects


def placement(record: OrderRecord, transmit: bool = True) -> calls.PlaceOrder:
    """The request that places an order, or, when a change is under way, makes the change."""
    state, links = record.state, record.links
    return calls.PlaceOrder(
        order_id=record.number,
        contract=state.contract,
        order=record.change or state.order,
        order_ref=record.order_ref,
        parent_id=links.parent_id,
        oca_group=links.oca_group,
        oca_type=links.oca_type,
        transmit=transmit,
    )
