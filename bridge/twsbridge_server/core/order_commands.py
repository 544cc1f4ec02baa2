"""Place, modify and cancel: the intent is journaled before anything is sent, and every caller gets one answer."""

from __future__ import annotations

from twsbridge.protocol import commands
from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.events import OrderChanged
from twsbridge.protocol.models import DONE, UNKNOWN, WORKING, Contract, OrderState
from twsbridge.protocol.replies import CancelAllReply, OrderReply, OrderRows
from twsbridge_server.core import calls
from twsbridge_server.core.answers import answer, fail, refuse
from twsbridge_server.core.effects import AppendJournal, CallTws, Effect, IntentRow
from twsbridge_server.core.inputs import CommandReceived
from twsbridge_server.core.order_record import OrderRecord, meaning, order_ref
from twsbridge_server.core.order_waiters import WAITS, OrderWaiters, Waiter, too_late
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.permits import choose_account, refusal_of_cancels, refusal_of_orders
from twsbridge_server.core.reconcile import Reconcile
from twsbridge_server.core.restored import Restored
from twsbridge_server.core.session import Session

PATIENCE_US = 5_000_000
"""After so much silence about a new order it is UNKNOWN."""


class OrderCommands:
    """What clients ask about orders."""

    def __init__(self, orders: Orders, session: Session, reconcile: Reconcile, restored: Restored) -> None:
        self._orders = orders
        self._session = session
        self._reconcile = reconcile
        self._epoch = restored.epoch
        self._meanings = {(row.owner, row.client_order_id): row.body_hash for row in restored.intents}
        self._unheard: dict[str, OrderRecord] = {}
        self.waiters = OrderWaiters()

    def place(self, asked: CommandReceived, command: commands.PlaceOrder, now: int) -> list[Effect]:
        """A new order, or the first outcome again when the key is known."""
        key = (asked.client.name, command.client_order_id)
        body_hash = meaning(command.contract, command.order)
        if key in self._meanings:
            return self._repeat(asked, command, self._meanings[key] == body_hash, now)
        account, error = choose_account(self._session, command.order.account)
        if error := refusal_of_orders(self._session) or _refusal_of(command.contract) or error:
            return [fail(asked, error)]
        self._meanings[key] = body_hash
        order_id, effects = self._orders.take_order_id()
        record = self._intended(key, command, order_id, account)
        record.order_ref, record.sent_us = order_ref(self._epoch, *key), now
        self._unheard[record.row_key] = record
        intent = IntentRow(*key, body_hash, order_id, record.order_ref, now)
        call = calls.PlaceOrder(order_id, record.state.contract, record.state.order, record.order_ref)
        effects += [AppendJournal(intent), *self._orders.add(record, now), CallTws(call)]
        return [*effects, *self._answer_when(command.wait, asked, record, now)]

    def modify(self, asked: CommandReceived, command: commands.ModifyOrder, now: int) -> list[Effect]:
        """Send the order again under its own id; one change at a time."""
        record = self._orders.by_order_id(command.order_id)
        error = refusal_of_orders(self._session) or _refusal_of_change(record, str(command.order_id))
        if record is None or error:
            return [fail(asked, error or _not_found(str(command.order_id)))]
        if record.change is not None or not record.acknowledged:
            text = f"Order {command.order_id} still waits for TWS's answer to what was sent before"
            return [refuse(asked, "order.busy", text)]
        record.change = command.order.model_copy(update={"account": record.state.order.account})
        call = calls.PlaceOrder(command.order_id, record.state.contract, record.change, record.order_ref)
        self._wait("changed", asked, record, now)
        return [*self._orders.keep(record), CallTws(call)]

    def cancel(self, asked: CommandReceived, command: commands.CancelOrder, now: int) -> list[Effect]:
        """Ask TWS to cancel; answered when the order is done, however it ended."""
        name = command.client_order_id or str(command.order_id)
        record = self._named(asked, command.order_id, command.client_order_id)
        error = refusal_of_cancels(self._session) or _refusal_of_change(record, name)
        if record is None or record.state.order_id is None or error:
            return [fail(asked, error or _not_found(name))]
        record.cancel_sent_us = now
        self._wait("filled", asked, record, now)
        return [CallTws(calls.CancelOrder(record.state.order_id))]

    def cancel_all(self, asked: CommandReceived, command: commands.CancelAll, now: int) -> list[Effect]:
        """Cancel every working order of this bridge, or, when asked for, everything there is."""
        if error := refusal_of_cancels(self._session):
            return [fail(asked, error)]
        if command.everything:
            return [CallTws(calls.GlobalCancel()), answer(asked, CancelAllReply(order_ids=[]))]
        order_ids: list[int] = []
        for record in self._orders:
            alive = record.state.status in WORKING | {UNKNOWN, "Inactive"}
            if record.is_ours and alive and record.state.order_id is not None:
                record.cancel_sent_us = now
                order_ids.append(record.state.order_id)
        sent: list[Effect] = [CallTws(calls.CancelOrder(order_id)) for order_id in order_ids]
        return [*sent, answer(asked, CancelAllReply(order_ids=order_ids))]

    def get(self, asked: CommandReceived, command: commands.GetOrder, now: int) -> list[Effect]:
        """One order as it stands."""
        record = self._named(asked, command.order_id, command.client_order_id)
        if record is None:
            return [fail(asked, _not_found(command.client_order_id or str(command.order_id)))]
        return [answer(asked, OrderReply(order=record.state))]

    def list_orders(self, asked: CommandReceived, command: commands.ListOrders, now: int) -> list[Effect]:
        """All orders, or the live ones, oldest first."""
        rows: list[OrderState] = [
            record.state
            for record in self._orders
            if command.account in ("", record.state.order.account)
            and not (command.live and record.state.status in DONE)
        ]
        return [answer(asked, OrderRows(rows=rows))]

    def changed(self, record: OrderRecord, now: int) -> list[Effect]:
        """TWS has said something of this order: answer those who waited for it."""
        if record.acknowledged:
            self._unheard.pop(record.row_key, None)
        if record.state.status == UNKNOWN or record.doubtful_cancel:
            self._reconcile.soon(now)
        return self.waiters.settle(record)

    def restarted(self, now: int) -> list[Effect]:
        """The bridge was away: whether TWS has what was sent last is not known."""
        return self._doubt([r for r in self._orders if r.is_ours and not r.acknowledged], now)

    def lost(self, reason: str, now: int) -> list[Effect]:
        """The connection broke: what was sent and not acknowledged is unknown."""
        for record in self._orders:
            record.change = None
        return [*self._doubt([*self._unheard.values()], now), *self.waiters.lost(reason)]

    def due(self, now: int) -> list[Effect]:
        """Deadlines of callers, and orders of which TWS has said nothing for too long."""
        effects: list[Effect] = []
        for waiter in self.waiters.late(now):
            waiter.record.change = None
            self._reconcile.soon(now)
            effects.append(too_late(waiter))
        silent = [r for r in self._unheard.values() if r.sent_us + PATIENCE_US <= now]
        return [*effects, *self._doubt(silent, now)]

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        dues = [record.sent_us + PATIENCE_US for record in self._unheard.values()]
        deadline = self.waiters.next_due()
        return min([*dues, *([] if deadline is None else [deadline])], default=None)

    def _doubt(self, records: list[OrderRecord], now: int) -> list[Effect]:
        effects: list[Effect] = []
        for record in records:
            self._unheard.pop(record.row_key, None)
            if record.state.status == "PendingSubmit":
                effects += self._orders.update(record, now, status=UNKNOWN)
        return effects

    def _repeat(self, asked: CommandReceived, command: commands.PlaceOrder, same: bool, now: int) -> list[Effect]:
        record = self._orders.by_key(asked.client.name, command.client_order_id)
        if not same or record is None:
            text = f"The client_order_id {command.client_order_id!r} belongs to another order"
            return [refuse(asked, "idem.key_reused", text)]
        return self._answer_when(command.wait, asked, record, now, duplicate=True)

    def _intended(self, key: tuple[str, str], command: commands.PlaceOrder, order_id: int, account: str) -> OrderRecord:
        exchange = command.contract.exchange or "SMART"
        state = OrderChanged(
            order_id=order_id,
            client_id=self._session.client_id,
            owner=key[0],
            client_order_id=key[1],
            contract=command.contract.model_copy(update={"exchange": exchange}),
            order=command.order.model_copy(update={"account": account}),
            remaining=command.order.quantity,
        )
        return OrderRecord(f"b:{order_id}", state)

    def _answer_when(
        self, wait: str, asked: CommandReceived, record: OrderRecord, now: int, **more: bool
    ) -> list[Effect]:
        self._wait(wait, asked, record, now, **more)
        return self.waiters.settle(record)

    def _wait(self, wait: str, asked: CommandReceived, record: OrderRecord, now: int, **more: bool) -> None:
        deadline = asked.expires_us or now + PATIENCE_US
        self.waiters.add(Waiter(asked, record, WAITS[wait], deadline, **more))

    def _named(self, asked: CommandReceived, order_id: int | None, client_order_id: str | None) -> OrderRecord | None:
        if order_id is not None:
            return self._orders.by_order_id(order_id)
        return self._orders.by_key(asked.client.name, client_order_id or "")


def _refusal_of_change(record: OrderRecord | None, name: str) -> WireError | None:
    if record is None:
        return _not_found(name)
    if record.state.status in DONE:
        return make_error("order.done", f"Order {name} is {record.state.status}")
    return None


def _refusal_of(contract: Contract) -> WireError | None:
    if contract.con_id or ((contract.symbol or contract.local_symbol) and contract.sec_type):
        return None
    text = "An order needs the contract's con_id, or its symbol and sec_type"
    return make_error("req.invalid", text, field="contract")


def _not_found(name: str) -> WireError:
    return make_error("order.not_found", f"There is no order {name} of this bridge")
