"""Place, modify and cancel: the intent is journaled before anything is sent, and every caller gets one answer."""

from __future__ import annotations

from twsbridge.protocol import commands
from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.models import DONE, UNKNOWN, WORKING, OrderState
from twsbridge.protocol.replies import CancelAllReply, OrderReply, OrderRows
from twsbridge_server.core import access, calls
from twsbridge_server.core.admission import Admission, Wanted
from twsbridge_server.core.answers import answer, fail, refuse
from twsbridge_server.core.effects import CallTws, Effect
from twsbridge_server.core.inputs import CommandReceived
from twsbridge_server.core.order_record import Links, OrderRecord, meaning
from twsbridge_server.core.order_waiters import PATIENCE_US, deadline_of, too_late
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.permits import refusal_of_cancels, refusal_of_orders
from twsbridge_server.core.placements import Placements, placement
from twsbridge_server.core.reconcile import Reconcile

Naming = commands.CancelOrder | commands.GetOrder
"""Commands that name one order in any of three ways."""


class OrderCommands:
    """What clients ask about orders."""

    def __init__(self, orders: Orders, placements: Placements, admission: Admission, reconcile: Reconcile) -> None:
        self._orders = orders
        self._placements = placements
        self._admission = admission
        self._session = admission.session
        self._reconcile = reconcile
        self.waiters = placements.waiters

    def place(self, asked: CommandReceived, command: commands.PlaceOrder, now: int) -> list[Effect]:
        """A new order, or the first outcome again when the key is known."""
        key = (asked.client.name, command.client_order_id)
        body_hash = meaning(command.contract, command.order)
        known = self._placements.meaning_of(key)
        if known is not None:
            return self._repeat(asked, command, known == body_hash, now)
        wanted = Wanted(command.client_order_id, command.contract, command.order, strategy=command.strategy)
        admitted = self._placements.refusal_of_shown([key]) or self._admission.check(asked, [wanted], now)
        if isinstance(admitted, WireError):
            return [fail(asked, admitted)]
        record, effects = self._placements.intend(key, body_hash, admitted[0], Links(), now)
        effects.append(CallTws(placement(record), deadline_of(asked, now)))
        return [*effects, *self.waiters.answer_when(command.wait, asked, (record,), now)]

    def modify(self, asked: CommandReceived, command: commands.ModifyOrder, now: int) -> list[Effect]:
        """Send the order again under its own id; one change at a time."""
        record = self._within(asked, self._orders.by_order_id(command.order_id))
        error = refusal_of_orders(self._session, now) or _refusal_of_change(record, str(command.order_id))
        if record is None:
            foreign = self._refusal_of_foreign_change(asked, command.order_id)
            return [fail(asked, foreign or error or _not_found(str(command.order_id)))]
        if error:
            return [fail(asked, error)]
        if error := access.refusal_of_change(asked.client, record, command.order):
            return [fail(asked, error)]
        if record.change is not None or not record.acknowledged or _is_being_cancelled(record, now):
            text = f"Order {command.order_id} still waits for TWS's answer to what was sent before"
            return [refuse(asked, "order.busy", text)]
        change = command.order.model_copy(update={"account": record.state.order.account})
        if error := self._admission.limits.refusal_of_change(asked, record, change, now):
            return [fail(asked, error)]
        price = self._admission.limits.unit_value(record.state.contract, change, now)
        record.change, record.reserved_price = change, max(record.reserved_price, price)
        self.waiters.wait("changed", asked, (record,), now)
        return [*self._orders.keep(record), CallTws(placement(record), deadline_of(asked, now))]

    def cancel(self, asked: CommandReceived, command: commands.CancelOrder, now: int) -> list[Effect]:
        """Ask TWS to cancel, once for all who ask at a time; answered when the order is done, however it ended."""
        record = self._named(asked, command)
        error = refusal_of_cancels(self._session) or _refusal_of_change(record, _words(command))
        if record is None or error:
            return [fail(asked, error or _not_found(_words(command)))]
        error = access.refusal_of_cancel(asked.client, record) or self._refusal_of_foreign(record)
        if record.state.order_id is None or error:
            return [fail(asked, error or _not_found(_words(command)))]
        self.waiters.wait("done", asked, (record,), now)
        if _is_being_cancelled(record, now):
            return []
        record.cancel_sent_us = now
        return [CallTws(calls.CancelOrder(record.state.order_id))]

    def cancel_all(self, asked: CommandReceived, command: commands.CancelAll, now: int) -> list[Effect]:
        """Cancel the working orders that the client may cancel, or, when asked for, everything there is."""
        refusal = refusal_of_cancels(self._session)
        if command.everything:
            refusal = refusal or access.refusal_of_global_cancel(asked.client, self._session.accounts)
        if refusal:
            return [fail(asked, refusal)]
        if command.everything:
            return [CallTws(calls.GlobalCancel()), answer(asked, CancelAllReply(order_ids=[]))]
        order_ids: list[int] = []
        for record in self._orders:
            alive = record.state.status in WORKING | {UNKNOWN, "Inactive"}
            may_cancel = record.is_ours and access.refusal_of_cancel(asked.client, record) is None
            if may_cancel and alive and record.state.order_id is not None:
                record.cancel_sent_us = now
                order_ids.append(record.state.order_id)
        sent: list[Effect] = [CallTws(calls.CancelOrder(order_id)) for order_id in order_ids]
        return [*sent, answer(asked, CancelAllReply(order_ids=order_ids))]

    def get(self, asked: CommandReceived, command: commands.GetOrder, now: int) -> list[Effect]:
        """One order as it stands."""
        record = self._named(asked, command)
        if record is None:
            return [fail(asked, _not_found(_words(command)))]
        return [answer(asked, OrderReply(order=record.state))]

    def list_orders(self, asked: CommandReceived, command: commands.ListOrders, now: int) -> list[Effect]:
        """All orders, or the live ones, oldest first."""
        rows: list[OrderState] = [
            record.state
            for record in self._orders
            if command.account in ("", record.state.order.account)
            and asked.client.rights.reaches(record.state.order.account)
            and not (command.live and record.state.status in DONE)
        ]
        return [answer(asked, OrderRows(rows=rows))]

    def changed(self, record: OrderRecord, now: int) -> list[Effect]:
        """TWS has said something of this order: answer those who waited for it."""
        self._placements.heard(record)
        is_unproven = record.state.status == UNKNOWN and record.missing_since_us is None
        if is_unproven or record.doubtful_cancel:
            self._reconcile.soon(now)
        return self.waiters.settle(record)

    def lost(self, reason: str, now: int) -> list[Effect]:
        """The connection broke: what was sent and not acknowledged is unknown."""
        for record in self._orders:
            record.doubt_change(now)
            record.cancel_sent_us = None
        return [*self._placements.lost(now), *self.waiters.lost(reason)]

    def due(self, now: int) -> list[Effect]:
        """Deadlines of callers."""
        effects: list[Effect] = []
        for waiter in self.waiters.late(now):
            if isinstance(waiter.asked.command, commands.ModifyOrder):
                waiter.records[0].doubt_change(now)
            self._reconcile.soon(now)
            effects.append(too_late(waiter))
        return effects

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        return self.waiters.next_due()

    def _repeat(self, asked: CommandReceived, command: commands.PlaceOrder, same: bool, now: int) -> list[Effect]:
        record = self._orders.by_key(asked.client.name, command.client_order_id)
        if not same or record is None:
            text = f"The client_order_id {command.client_order_id!r} belongs to another order"
            return [refuse(asked, "idem.key_reused", text)]
        if error := access.refusal_of_account(asked.client, record.state.order.account):
            return [fail(asked, error)]
        return self.waiters.answer_when(command.wait, asked, (record,), now, duplicate=True)

    def _named(self, asked: CommandReceived, command: Naming) -> OrderRecord | None:
        """The order meant, if it is in an account that the client may see."""
        if command.order_id is not None:
            return self._within(asked, self._orders.by_order_id(command.order_id))
        if command.perm_id is not None:
            return self._within(
                asked, self._orders.find(client_id=None, order_id=None, perm_id=command.perm_id, order_ref="")
            )
        return self._within(asked, self._orders.by_key(asked.client.name, command.client_order_id or ""))

    def _within(self, asked: CommandReceived, record: OrderRecord | None) -> OrderRecord | None:
        return record if record is not None and asked.client.rights.reaches(record.state.order.account) else None

    def _refusal_of_foreign_change(self, asked: CommandReceived, order_id: int) -> WireError | None:
        """A change repeats every attribute of an order, and TWS shows some with defaults that it does not take back."""
        others = (record for record in self._orders if not record.is_ours and record.state.order_id == order_id)
        found = [record for record in others if self._within(asked, record)]
        if not found:
            return None
        state = found[0].state
        text = (
            f"Order {order_id} was placed under client id {state.client_id}, not through this bridge, which changes "
            "its own orders only: of others it does not know every attribute that a change has to repeat"
        )
        return make_error("order.foreign", text, details={"perm_id": state.perm_id, "client_id": state.client_id})

    def _refusal_of_foreign(self, record: OrderRecord) -> WireError | None:
        """TWS lets a client cancel what was placed under its own id, by an order id that no other order has."""
        state, own_id = record.state, self._session.client_id
        if record.is_ours:
            return None
        if state.client_id == own_id and state.order_id and self._orders.by_order_id(state.order_id) is None:
            return None
        placed = f"under client id {state.client_id}" if state.order_id else "by hand"
        text = f"Order {record.name} was placed {placed}; TWS lets client id {own_id} cancel its own orders only"
        return make_error("order.foreign", text, details={"perm_id": state.perm_id, "client_id": state.client_id})


def _refusal_of_change(record: OrderRecord | None, name: str) -> WireError | None:
    if record is None:
        return _not_found(name)
    if record.state.status in DONE:
        return make_error("order.done", f"Order {name} is {record.state.status}")
    return None


def _is_being_cancelled(record: OrderRecord, now: int) -> bool:
    """TWS still owes an answer to a cancel. One that it has not answered in time may be sent again."""
    return record.cancel_sent_us is not None and now - record.cancel_sent_us < PATIENCE_US


def _words(command: Naming) -> str:
    return command.client_order_id or str(command.order_id or f"with perm id {command.perm_id}")


def _not_found(name: str) -> WireError:
    return make_error("order.not_found", f"There is no order {name} of this bridge")
