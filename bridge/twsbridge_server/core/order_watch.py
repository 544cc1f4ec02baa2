"""What nobody asked about but somebody has to know: a group that lacks one of its orders, two orders under one key."""

from __future__ import annotations

from twsbridge.protocol import topics
from twsbridge.protocol.events import GroupBroken
from twsbridge.protocol.models import WORKING, Break
from twsbridge_server.core.breaks import Breaks
from twsbridge_server.core.effects import Effect, Log
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.sequencer import Sequencer

ABSENT = frozenset({"Rejected", "NOT_FOUND"})
ALIVE = WORKING | {"Inactive", "Filled"}


class OrderWatch:
    """Listens to every change of an order."""

    def __init__(self, orders: Orders, breaks: Breaks, sequencer: Sequencer) -> None:
        self._orders = orders
        self._breaks = breaks
        self._sequencer = sequencer
        self._said: dict[int, dict[str, str]] = {}

    def changed(self, record: OrderRecord, now: int) -> list[Effect]:
        """Speak up when this change leaves a group incomplete, or shows a second order under a key."""
        return [*self._group(record, now), *self._duplicate(record, now), *self._twin(record, now)]

    def _group(self, record: OrderRecord, now: int) -> list[Effect]:
        """One order of a group is not there while others are: they may stand without their stop or their target."""
        family = [member for order_id in record.links.family if (member := self._orders.by_order_id(order_id))]
        absent = next((member for member in family if member.state.status in ABSENT), None)
        statuses = {str(member.number): member.state.status for member in family}
        is_partly_there = any(member.acknowledged and member.state.status in ALIVE for member in family)
        if absent is None or not is_partly_there or self._said.get(family[0].number) == statuses:
            return []
        self._said[family[0].number] = statuses
        state = absent.state
        text = f"Order {absent.number} of a group is {state.status}; the group stands so: {statuses}"
        event = GroupBroken(account=state.order.account, order_id=absent.number, status=state.status, statuses=statuses)
        return [Log("error", text), *self._sequencer.event(topics.orders(event.account), event, now)]

    def _duplicate(self, record: OrderRecord, now: int) -> list[Effect]:
        """An attempt that TWS did not have, and that was therefore made again, is at TWS after all."""
        state = record.state
        if not record.is_ours or state.client_order_id is None or state.status not in ALIVE:
            return []
        newest = self._orders.by_key(record.placer or "", state.client_order_id)
        if newest is None or newest.state.attempt == state.attempt:
            return []
        text = f"Order {record.number} lives although it was not found and was placed again as {newest.state.order_id}"
        return self._breaks.found(f"duplicate:{record.row_key}", _duplicate(record, newest, text), now)

    def _twin(self, record: OrderRecord, now: int) -> list[Effect]:
        """TWS made a second order out of a change of one of ours: the same reference, another perm id."""
        if record.is_ours or not record.order_ref:
            return []
        ours = self._orders.find(client_id=None, order_id=None, perm_id=None, order_ref=record.order_ref)
        if ours is None:
            return []
        text = (
            f"TWS has made a second order, perm id {record.state.perm_id}, of order {ours.number}, "
            f"perm id {ours.state.perm_id}: both may fill. Look at them in TWS and cancel one"
        )
        return self._breaks.found(f"duplicate:{record.row_key}", _duplicate(ours, record, text), now)


def _duplicate(record: OrderRecord, other: OrderRecord, text: str) -> Break:
    state = record.state
    return Break(
        subject="duplicate",
        account=state.order.account,
        contract=state.contract,
        order_id=state.order_id,
        client_order_id=state.client_order_id,
        owner=state.owner,
        expected=state.order.quantity,
        actual=state.order.quantity + other.state.order.quantity,
        text=text,
    )
