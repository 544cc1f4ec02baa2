"""Placing an order again, on its owner's word alone, when it is proven that TWS never had it."""

from __future__ import annotations

from twsbridge.protocol.commands import ResendOrder
from twsbridge.protocol.errors import WireError, make_error
from twsbridge_server.core import access
from twsbridge_server.core.admission import Admission, Wanted
from twsbridge_server.core.answers import fail
from twsbridge_server.core.effects import CallTws, Effect
from twsbridge_server.core.inputs import CommandReceived
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.order_waiters import deadline_of
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.placements import Placements, placement


class OrderResends:
    """The next attempt under the same key: the same order, a new order id and reference, in the journal before sent."""

    def __init__(self, orders: Orders, placements: Placements, admission: Admission) -> None:
        self._orders = orders
        self._placements = placements
        self._admission = admission

    def resend(self, asked: CommandReceived, command: ResendOrder, now: int) -> list[Effect]:
        """Only after NOT_FOUND, only of the newest attempt, only while the session is READY; said twice, done once."""
        record = self._orders.by_key(asked.client.name, command.client_order_id)
        if record is not None and record.state.attempt == command.attempt + 1:
            return self._placements.waiters.answer_when(command.wait, asked, (record,), now, duplicate=True)
        error = _refusal(record, command)
        if record is not None and not access.owns(asked.client, record):
            error = access.not_owned(asked.client, record)
        if record is None or error is not None:
            return [fail(asked, error or _not_found(command))]
        state = record.state
        wanted = Wanted(command.client_order_id, state.contract, state.order, strategy=state.strategy)
        key = (asked.client.name, command.client_order_id)
        shown = self._placements.refusal_of_shown([key], command.attempt + 1)
        admitted = shown or self._admission.check(asked, [wanted], now)
        if isinstance(admitted, WireError):
            return [fail(asked, admitted)]
        again, effects = self._placements.attempt(key, admitted[0], record.links, command.attempt + 1, now)
        effects.append(CallTws(placement(again), deadline_of(asked, now)))
        return [*effects, *self._placements.waiters.answer_when(command.wait, asked, (again,), now)]


def _refusal(record: OrderRecord | None, command: ResendOrder) -> WireError | None:
    if record is None:
        return _not_found(command)
    state = record.state
    if state.status != "NOT_FOUND":
        return _no(f"Order {state.order_id} is {state.status}", record)
    if state.attempt != command.attempt:
        return _no(f"{command.client_order_id!r} is at attempt {state.attempt}, not {command.attempt}", record)
    if record.links.family:
        text = f"Order {state.order_id} belongs to a group, which may have gone on without it"
        return _no(text, record)
    return None


def _no(text: str, record: OrderRecord) -> WireError:
    details = {"order_id": record.state.order_id, "attempt": record.state.attempt}
    return make_error("order.not_resendable", text, details=details)


def _not_found(command: ResendOrder) -> WireError:
    return make_error("order.not_found", f"There is no order {command.client_order_id} of this client")
