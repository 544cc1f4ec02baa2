"""All orders and executions of one simulated TWS, and the numbers given to them."""

from __future__ import annotations

import random
from collections.abc import Iterator

from twssim.order import Execution, Order


class Orders:
    """Orders by client and order id; perm ids and exec ids follow from the seed."""

    def __init__(self, seed: int) -> None:
        """Start without orders."""
        numbers = random.Random(f"numbers {seed}")
        self._first_perm_id = numbers.randrange(200_000_000, 1_800_000_000)
        self._exec_prefix = f"{numbers.randrange(0x8000, 0xFFFF):08x}"
        self._first_exec = numbers.randrange(0x60000000, 0x70000000)
        self._perm_ids = 0
        self._highest: dict[int, int] = {}
        self._orders: dict[tuple[int, int], Order] = {}
        self._by_perm_id: dict[int, Order] = {}
        self._unfinished: dict[int, Order] = {}
        self.executions: list[Execution] = []

    def __iter__(self) -> Iterator[Order]:
        """Every order, in the order of acceptance."""
        return iter(self._by_perm_id.values())

    def next_valid_id(self, client_id: int) -> int:
        """The next order id of a client, above every id it has used."""
        return self._highest.get(client_id, 0) + 1

    def use_id(self, client_id: int, order_id: int) -> None:
        """Remember that a client has used an order id."""
        self._highest[client_id] = max(self._highest.get(client_id, 0), order_id)

    def restart_ids(self, next_valid_id: int) -> None:
        """Forget which ids clients have used: the next one is this."""
        self._highest = dict.fromkeys(self._highest, next_valid_id - 1)

    def add(self, order: Order) -> None:
        """Keep an order; its id counts as used."""
        if order.terms.parent_id and (parent := self.find(order.client_id, order.terms.parent_id)):
            order.parent_perm_id = parent.perm_id
        if order.order_id:  # 0 is no id: manual orders share it
            self._orders[order.client_id, order.order_id] = order
        self._by_perm_id[order.perm_id] = order
        self._unfinished[order.perm_id] = order
        self._perm_ids = max(self._perm_ids, order.perm_id - self._first_perm_id)
        self.use_id(order.client_id, order.order_id)

    def bind(self, order: Order, order_id: int | None = None) -> None:
        """Give a manual order an id: the next negative one, or one that it had in an earlier run."""
        lowest = min((number for client_id, number in self._orders if client_id == order.client_id), default=0)
        order.order_id = min(lowest, 0) - 1 if order_id is None else order_id
        self._orders[order.client_id, order.order_id] = order

    def forget_untransmitted(self) -> None:
        """Drop what only the memory of TWS held; the ids stay used."""
        for order in list(self):
            if not order.terms.transmit:
                del self._orders[order.client_id, order.order_id]
                del self._by_perm_id[order.perm_id]
                del self._unfinished[order.perm_id]

    def find(self, client_id: int, order_id: int) -> Order | None:
        """The order of a client, None if there is none."""
        return self._orders.get((client_id, order_id))

    def find_of_any_client(self, order_id: int) -> Order | None:
        """The newest order with this id, whoever placed it."""
        found = [order for order in self if order.order_id == order_id]
        return found[-1] if found else None

    def by_perm_id(self, perm_id: int) -> Order:
        """The order behind an execution; KeyError if unknown."""
        return self._by_perm_id[perm_id]

    def working(self, client_id: int | None = None) -> list[Order]:
        """Open orders of one client, or of all."""
        unfinished = self._still_unfinished()
        return [each for each in unfinished if each.working and client_id in (None, each.client_id)]

    def executions_of(self, order: Order) -> list[Execution]:
        """The fills of one order so far, oldest first, those of its legs among them."""
        return [each for each in self.executions if each.perm_id == order.perm_id]

    def children(self, parent: Order) -> list[Order]:
        """Unfinished orders that are attached to a parent."""
        return [
            order
            for order in self._still_unfinished()
            if order.client_id == parent.client_id and 0 != order.terms.parent_id == parent.order_id
        ]

    def _still_unfinished(self) -> list[Order]:
        """Finished orders leave the index here, so that a long day does not slow down."""
        self._unfinished = {number: order for number, order in self._unfinished.items() if not order.done}
        return list(self._unfinished.values())

    def new_perm_id(self) -> int:
        """The next account-wide order number."""
        self._perm_ids += 1
        return self._first_perm_id + self._perm_ids

    def new_exec_id(self) -> str:
        """The next execution number, such as 0000e0d5.69dd7411.01.01."""
        return f"{self._exec_prefix}.{self._first_exec + len(self.executions):08x}.01.01"
