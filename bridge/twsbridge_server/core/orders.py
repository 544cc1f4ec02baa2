"""The table of all orders, and what TWS's callbacks do to it.

Status and price come from openOrder and orderStatus, which TWS repeats and sometimes leaves out; identical
repetitions publish nothing. Fills come from executions alone (executions.py), which also complete the status.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from twsbridge.protocol import topics
from twsbridge.protocol.events import RECONCILED, OrderChanged
from twsbridge.protocol.models import Execution, Order, Reason
from twsbridge_server.core.answers import FIRST_REQUEST_ID
from twsbridge_server.core.effects import AppendJournal, Effect, FloorRow, OrderRow
from twsbridge_server.core.inputs import CompletedOrder, OpenOrder, OrderStatus
from twsbridge_server.core.order_changes import after_completion, after_fill, as_shown, has_taken, known, may_become
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.restored import Restored
from twsbridge_server.core.sequencer import Sequencer

Listener = Callable[[OrderRecord, int], list[Effect]]


class Orders:
    """All orders by every name they have. The `listeners` hear of each change after it is journaled."""

    def __init__(self, sequencer: Sequencer, client_id: int, restored: Restored) -> None:
        self._sequencer = sequencer
        self.client_id = client_id
        self._records: dict[str, OrderRecord] = {}
        self._by_key: dict[tuple[str, str], OrderRecord] = {}
        self._by_ref: dict[str, OrderRecord] = {}
        self._by_order_id: dict[int, OrderRecord] = {}
        self._by_perm_id: dict[int, OrderRecord] = {}
        self._foreign: dict[tuple[int | None, int], OrderRecord] = {}
        self.next_order_id = restored.next_order_id
        self.listeners: list[Listener] = []
        for row_key, body in restored.orders.items():
            self._index(OrderRecord.from_body(row_key, body))

    def __iter__(self) -> Iterator[OrderRecord]:
        return iter(list(self._records.values()))

    def by_key(self, owner: str, client_order_id: str) -> OrderRecord | None:
        """The order that `owner` placed under this key; of several attempts the last."""
        return self._by_key.get((owner, client_order_id))

    def by_order_id(self, order_id: int) -> OrderRecord | None:
        """The order of this bridge's client id with this order id."""
        return self._by_order_id.get(order_id)

    def find(
        self, *, client_id: int | None, order_id: int | None, perm_id: int | None, order_ref: str
    ) -> OrderRecord | None:
        """The order a callback speaks of: by reference, then perm id, then client id and order id.

        An order id alone is no proof: one with another perm id or another reference is another order. Nor is a
        reference: of an order with another perm id TWS has made a second one.
        """
        record = self._by_ref.get(order_ref)
        if record is not None and record.state.perm_id in (None, perm_id or record.state.perm_id):
            return record
        if perm_id and (record := self._by_perm_id.get(perm_id)):
            return record
        if not order_id:
            return None
        ours = self._by_order_id.get(order_id) if client_id == self.client_id else None
        for record in filter(None, (ours, self._foreign.get((client_id, order_id)))):
            is_other = perm_id and record.state.perm_id and record.state.perm_id != perm_id
            if not is_other and (not order_ref or record.order_ref in ("", order_ref)):
                return record
        return None

    def add(self, record: OrderRecord, now: int, flags: int = 0) -> list[Effect]:
        """Remember a new order: journal it and publish its first state."""
        self._index(record)
        return [*self._say(record, now, flags), *self.tell(record, now)]

    def update(self, record: OrderRecord, now: int, flags: int = 0, **changes: Any) -> list[Effect]:
        """Change the state of an order; publishes only what differs."""
        state = record.state.model_copy(update=changes)
        if state == record.state:
            return []
        record.state = state.model_copy(update={"updated_us": now})
        self._index(record)
        return [*self._say(record, now, flags), *self.tell(record, now)]

    def tell(self, record: OrderRecord, now: int) -> list[Effect]:
        """Let the listeners know of this order, or that TWS has said something of it."""
        return [effect for listener in self.listeners for effect in listener(record, now)]

    def keep(self, record: OrderRecord) -> list[Effect]:
        """Journal what is not part of the published state, such as a change that is about to be sent."""
        return [AppendJournal(OrderRow(record.row_key, record.body()))]

    def raise_floor(self, seen: int) -> list[Effect]:
        """Never give out an order id that was seen anywhere; a lower one from TWS changes nothing."""
        if seen < self.next_order_id or seen >= FIRST_REQUEST_ID:
            return []
        self.next_order_id = seen
        return [AppendJournal(FloorRow(seen))]

    def take_order_id(self) -> tuple[int, list[Effect]]:
        """A fresh order id, and the effects that keep it from ever being given out again."""
        order_id = self.next_order_id
        self.next_order_id = order_id + 1
        return order_id, [AppendJournal(FloorRow(order_id + 1))]

    def open_order(self, said: OpenOrder, now: int, flags: int = 0) -> list[Effect]:
        """openOrder: the whole order as TWS has it."""
        effects = self.raise_floor(said.order_id + 1)
        record = self.find(
            client_id=said.client_id,
            order_id=said.order_id,
            perm_id=said.perm_id,
            order_ref=said.order_ref,
        )
        if record is None:
            return [*effects, *self.add(self._external(said, now), now, flags)]
        record.shown()
        taken = record.change is not None and has_taken(said.order, record.change)
        order = _as_it_stands(record, said.order, taken)
        left = max(order.quantity - record.state.filled, Decimal(0))
        changes: dict[str, Any] = {"contract": said.contract, "order": order, "remaining": left}
        changes |= known(perm_id=said.perm_id, parent_id=said.parent_id, client_id=said.client_id)
        if may_become(record, said.status):
            changes["status"] = said.status
            record.is_concluded = False
        published = self.update(record, now, flags, **changes)
        if taken:
            published += self.end_change(record, now)
        return [*effects, *published]

    def end_change(self, record: OrderRecord, now: int) -> list[Effect]:
        """TWS has taken or refused the change: whether all is filled was left open until now."""
        record.change = None
        effects = [*self.keep(record), *self.tell(record, now)]
        quantity = record.state.order.quantity
        if quantity and record.state.filled >= quantity:
            effects += self.update(record, now, status="Filled")
        return effects

    def order_status(self, said: OrderStatus, now: int, flags: int = 0) -> list[Effect]:
        """orderStatus: where the order stands; of an order never heard of before it is only noted."""
        effects = self.raise_floor(said.order_id + 1)
        record = self.find(client_id=said.client_id, order_id=said.order_id, perm_id=said.perm_id, order_ref="")
        if record is None or not may_become(record, said.status):
            return effects
        record.shown()
        record.told_filled = max(record.told_filled, said.filled)
        if said.status == "Cancelled" and record.may_mean_the_change:
            record.doubtful_cancel = True
            return [*effects, *self.tell(record, now)]
        record.is_concluded = False
        filled = max(said.filled, record.state.filled)
        changes: dict[str, Any] = {
            "status": said.status,
            "filled": filled,
            "remaining": said.remaining if filled == said.filled else record.state.remaining,
            "why_held": said.why_held,
        }
        changes |= known(
            perm_id=said.perm_id,
            parent_id=said.parent_id,
            avg_fill_price=said.avg_fill_price or None,
            last_fill_price=said.last_fill_price or None,
            client_id=said.client_id,
        )
        return [*effects, *self.update(record, now, flags, **changes)]

    def completed_order(self, said: CompletedOrder, now: int) -> list[Effect]:
        """completedOrder: the end of an order, learnt afterwards."""
        record = self.find(client_id=None, order_id=None, perm_id=said.perm_id, order_ref=said.order_ref)
        if record is None:
            return []
        record.shown()
        record.told_filled = max(record.told_filled, said.filled or Decimal(0))
        changes = after_completion(record, said)
        record.is_concluded = False
        return self.update(record, now, RECONCILED, **changes)

    def execution(self, record: OrderRecord, fill: Execution, now: int, flags: int) -> list[Effect]:
        """A fill of this order: TWS may never send the orderStatus that goes with it."""
        record.shown()
        return self.update(record, now, flags, **after_fill(record, fill))

    def explain(self, record: OrderRecord, code: int, text: str, now: int, **more: Any) -> list[Effect]:
        """Attach TWS's words to an order, and what they make of it."""
        return self.update(record, now, reason=Reason(tws_code=code, text=text), **more)

    def _external(self, said: OpenOrder, now: int) -> OrderRecord:
        name = str(said.perm_id) if said.perm_id else f"{said.client_id}:{said.order_id}"
        state = OrderChanged(
            order_id=said.order_id or None,
            perm_id=said.perm_id,
            client_id=said.client_id,
            origin="external",
            contract=said.contract,
            order=said.order,
            status=said.status,
            remaining=said.order.quantity,
            updated_us=now,
        )
        return OrderRecord(f"x:{name}", state, said.order_ref, acknowledged=True)

    def _index(self, record: OrderRecord) -> None:
        state = record.state
        self._records[record.row_key] = record
        if state.perm_id:
            self._by_perm_id[state.perm_id] = record
        if not record.is_ours:
            if state.order_id:
                self._foreign[state.client_id, state.order_id] = record
            return
        self._by_ref[record.order_ref] = record
        if state.order_id is not None:
            self._by_order_id[state.order_id] = record
        if record.placer is not None and state.client_order_id is not None:
            newest = self._by_key.get((record.placer, state.client_order_id), record)
            if newest.state.attempt <= state.attempt:
                self._by_key[record.placer, state.client_order_id] = record

    def _say(self, record: OrderRecord, now: int, flags: int) -> list[Effect]:
        stream = topics.orders(record.state.order.account)
        return [*self.keep(record), *self._sequencer.event(stream, record.state, now, flags)]


def _as_it_stands(record: OrderRecord, shown: Order, taken: bool) -> Order:
    """What TWS shows of an order of ours, on top of what was meant last; of others all that TWS shows."""
    if not record.is_ours:
        return shown.model_copy(update={"account": shown.account or record.state.order.account})
    return as_shown(record.change if taken and record.change else record.state.order, shown)
