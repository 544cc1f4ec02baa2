"""What open orders may still do. It follows from the journaled orders alone, so a restart changes nothing of it.

An order counts until it is over and TWS has told of all executions that its statuses speak of.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from twsbridge.protocol.models import DONE, Contract, Order
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.limits.instruments import is_same
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.tally import Tally


class Reserve(NamedTuple):
    """What an order may still buy (positive) or sell (negative), at `price` for each unit, multiplier included.

    The price is in the contract's currency; 0 where it is not known.
    """

    account: str
    contract: Contract
    size: Decimal
    price: float


class Reserved:
    """The orders that are not over. Hears of every order as a listener of `Orders`."""

    def __init__(self, orders: Orders, tally: Tally) -> None:
        self._orders = orders
        self._tally = tally
        self._open = {record.row_key: record for record in orders}

    def changed(self, record: OrderRecord, now: int) -> list[Effect]:
        """A new order, or news of one."""
        self._open[record.row_key] = record
        return []

    def open(self, without: OrderRecord | None = None) -> list[OrderRecord]:
        """Every order that may still fill, but the one that is about to be changed."""
        over = [key for key, record in self._open.items() if record.state.status in DONE and not self.left(record)]
        for key in over:
            del self._open[key]
        return [record for record in self._open.values() if record is not without]

    def reserves(self, account: str, without: OrderRecord | None = None) -> Iterator[tuple[Reserve, Order]]:
        """What the open orders of an account, or with an empty name of all, may still do, and the order of each."""
        for record in self.open(without):
            if account in ("", record.state.order.account):
                size = self._beyond_parent(record) if record.links.parent_id else self.left(record)
                order = record.change or record.state.order
                signed = size if order.action == "BUY" else -size
                yield Reserve(record.state.order.account, record.state.contract, signed, record.reserved_price), order

    def left(self, record: OrderRecord) -> Decimal:
        """What may still be filled, or was filled and not yet told of as an execution."""
        told = self._tally.filled(record.number) if record.is_ours else record.state.filled
        if record.state.status in DONE:
            return max(record.told_filled, record.state.filled) - told if record.is_ours else Decimal(0)
        return max(max(_sizes(record)) - told, Decimal(0))

    def freed(self, parent: OrderRecord, size: Decimal) -> list[tuple[OrderRecord, Decimal]]:
        """The exit, and how much of it, that would count beyond its entry, were the entry of this size from now on."""
        children = [each for each in self._family(parent) if self.left(each)]
        if not children:
            return []
        child = max(children, key=self.left)
        opens = max(min(size, *_sizes(parent)) - self._tally.filled(parent.number), Decimal(0))
        beyond = max(self.left(child) - opens, Decimal(0))
        return [(child, beyond)] if beyond > self._beyond_parent(child) else []

    def _beyond_parent(self, child: OrderRecord) -> Decimal:
        """Children that close what their parent opens, and of which one fill ends the others, count beyond it only."""
        parent = self._orders.by_order_id(child.links.parent_id)
        if parent is None or not _closes(child, parent):
            return self.left(child)
        if child is not max(self._family(parent), key=self.left):
            return Decimal(0)
        told = self._tally.filled(parent.number)
        opens = max(min(_sizes(parent)) - told, Decimal(0)) if parent.state.status not in DONE else Decimal(0)
        return max(self.left(child) - opens, Decimal(0))

    def _family(self, parent: OrderRecord) -> list[OrderRecord]:
        """The exits of a bracket, by its entry."""
        family = [self._orders.by_order_id(order_id) for order_id in parent.links.family]
        return [each for each in family if each is not None and each.links.parent_id and _closes(each, parent)]


def _sizes(record: OrderRecord) -> list[Decimal]:
    """What its size may be: as TWS has shown it, and as it was last asked for."""
    asked = [each.quantity for each in (record.change, record.doubted) if each is not None]
    return [record.state.order.quantity, *asked]


def _closes(child: OrderRecord, parent: OrderRecord) -> bool:
    is_opposite = child.state.order.action != parent.state.order.action
    return is_opposite and is_same(child.state.contract, parent.state.contract)
