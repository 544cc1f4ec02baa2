"""Whether the ledger, the accounts and what clients were told agree with each other."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

from tests.twssim.official import Event
from twssim.gateway import Gateway
from twssim.recompute import recompute

ZERO = Decimal(0)


class Told:
    """What the callbacks of one client, and of an observer of all positions, have said so far."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.shares: dict[str, Decimal] = {}
        self.of_order: dict[int, Decimal] = defaultdict(Decimal)
        self.filled: dict[int, Decimal] = {}
        self.positions: dict[int, Decimal] = {}

    def hear(self, events: list[Event]) -> None:
        """Take the callbacks in; an execution told twice is one, as its id says."""
        for name, arguments in events:
            if name == "execDetails":
                self._execution(arguments[1].conId, arguments[2])
            elif name == "orderStatus":
                self.filled[arguments[0]] = max(self.filled.get(arguments[0], ZERO), arguments[2])
            elif name == "position":
                self.positions[arguments[1].conId] = arguments[2]

    def _execution(self, con_id: int, execution: Any) -> None:
        if execution.execId not in self.shares:
            self.shares[execution.execId] = execution.shares
            self.of_order[execution.orderId] += execution.shares


def check(tws: Gateway, told: Told) -> None:
    """Raise AssertionError where any two of them differ."""
    books = recompute(json.dumps(record) for record in tws.ledger.records)
    assert books.differences == []
    for account in tws.accounts.values():
        for currency, amount in account.cash.items():
            assert abs(books.cash.get((account.name, currency), ZERO) - amount) < Decimal("1e-9")
    held = {con_id: each.quantity for each in tws.accounts.values() for con_id, each in each.positions.items()}
    assert {con_id: size for con_id, size in told.positions.items() if size} == {
        con_id: size for con_id, size in held.items() if size
    }
    assert told.shares == {each.exec_id: each.shares for each in tws.orders.executions}
    assert {number: size for number, size in told.filled.items() if size} == dict(told.of_order)
