"""Whether orders may be placed now: everything that is checked before an intent is written. A refusal leaves no trace.

A group is admitted whole or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core import access
from twsbridge_server.core.answers import LAST_ORDER_ID
from twsbridge_server.core.inputs import CommandReceived
from twsbridge_server.core.leases import NO_LEASE, Lease, Leases
from twsbridge_server.core.limits.pretrade import PreTrade
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.permits import choose_account, refusal_of_orders
from twsbridge_server.core.session import Session


class Wanted(NamedTuple):
    """One order as it would be sent, completed: whose death concerns it, what one unit is worth."""

    client_order_id: str
    contract: Contract
    order: Order
    lease: Lease = NO_LEASE
    price: float = 0.0
    strategy: str = ""


class Admission:
    """The checks, in their order: state of the session, contract, account, rights of the key, limits."""

    def __init__(self, session: Session, orders: Orders, leases: Leases, limits: PreTrade) -> None:
        self.session = session
        self.limits = limits
        self._leases = leases
        self._orders = orders

    def check(self, asked: CommandReceived, members: Sequence[Wanted], now: int) -> list[Wanted] | WireError:
        """The orders as they are to be sent, or why none of them may be."""
        error = refusal_of_orders(self.session, now) or self._refusal_of_ids(len(members))
        if error:
            return error
        completed: list[Wanted] = []
        for member in members:
            account, error = choose_account(self.session, member.order.account)
            if error := _refusal_of(member.contract) or error:
                return error
            exchange = member.contract.exchange or "SMART"
            contract = member.contract.model_copy(update={"exchange": exchange})
            order = member.order.model_copy(update={"account": account})
            if error := access.refusal_of_new_order(asked.client, contract, order):
                return error
            price = self.limits.unit_value(contract, order, now)
            lease = self._leases.of(asked.client)
            completed.append(member._replace(contract=contract, order=order, lease=lease, price=price))
        return self.limits.refusal(asked, [(each.contract, each.order) for each in completed], now) or completed

    def _refusal_of_ids(self, count: int) -> WireError | None:
        """An order id given out twice would change the order that has it."""
        is_over = any(condition.code == "order_ids_used_up" for condition in self.session.conditions.rows())
        if not is_over and self._orders.next_order_id + count - 1 <= LAST_ORDER_ID:
            return None
        return make_error("tws.order_ids", f"There is no order id left for client id {self.session.client_id}")


def _refusal_of(contract: Contract) -> WireError | None:
    if contract.con_id or ((contract.symbol or contract.local_symbol) and contract.sec_type):
        return None
    text = "An order needs the contract's con_id, or its symbol and sec_type"
    return make_error("req.invalid", text, field="contract")
