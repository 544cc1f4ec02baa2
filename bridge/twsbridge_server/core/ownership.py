"""Handing orders over: whose order it is decides who may change it. Journaled like every other change of an order."""

from __future__ import annotations

from typing import Any

from twsbridge.protocol.commands import GiveOrder, TakeOrder
from twsbridge.protocol.errors import make_error
from twsbridge.protocol.models import DONE
from twsbridge.protocol.replies import OrderReply
from twsbridge_server.core import access
from twsbridge_server.core.answers import answer, fail
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.inputs import Client, CommandReceived
from twsbridge_server.core.known_clients import KnownClients
from twsbridge_server.core.leases import NO_LEASE, Leases
from twsbridge_server.core.orders import Orders


class Ownership:
    """The client_order_id stays among the keys of the client that placed the order.

    A taker's own dead-man switch holds the order from then on; of an heir to whom it is given none is known.
    """

    def __init__(self, orders: Orders, known_clients: KnownClients, leases: Leases) -> None:
        self._orders = orders
        self._known_clients = known_clients
        self._leases = leases

    def give(self, asked: CommandReceived, command: GiveOrder, now: int) -> list[Effect]:
        """To another client that may trade in the order's account."""
        return self._hand_over(asked, command.order_id, (command.to, self._known_clients.by_name(command.to)), now)

    def take(self, asked: CommandReceived, command: TakeOrder, now: int) -> list[Effect]:
        """To the client that asks."""
        return self._hand_over(asked, command.order_id, (asked.client.name, asked.client), now)

    def _hand_over(
        self, asked: CommandReceived, order_id: int, to: tuple[str, Client | None], now: int
    ) -> list[Effect]:
        record = self._orders.by_order_id(order_id)
        if record is None or not asked.client.rights.reaches(record.state.order.account):
            return [fail(asked, make_error("order.not_found", f"There is no order {order_id} of this bridge"))]
        if record.state.status in DONE:
            return [fail(asked, make_error("order.done", f"Order {order_id} is {record.state.status}"))]
        name, heir = to
        error = access.refusal_of_hand_over(asked.client, record) or access.refusal_of_heir(heir, name, record)
        if error is not None:
            return [fail(asked, error)]
        record.lease = self._leases.of(heir) if heir is asked.client else NO_LEASE
        record.fate = ""
        passed: dict[str, Any] = {"owner": name, "placed_by": record.placer, "on_death": record.lease.on_death}
        effects = self._orders.update(record, now, **passed) or self._orders.keep(record)
        return [*effects, answer(asked, OrderReply(order=record.state))]
