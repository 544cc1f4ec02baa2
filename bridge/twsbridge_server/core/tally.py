"""What all known executions add up to: for each order, and for each holding. A correction replaces what it corrects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from twsbridge.protocol.models import Execution

COMBO = "BAG"
NOT_HELD = frozenset({COMBO, "CASH"})
"""A combo is held as its legs, a currency as money."""

BOUGHT = "BOT"

Holding = tuple[str, int]
"""Account and con_id."""


class _Entry(NamedTuple):
    order_id: int | None
    perm_id: int
    is_leg: bool
    holding: Holding | None
    shares: Decimal
    is_bought: bool


class Tally:
    """Sums over executions, by the order id of this bridge's orders, by perm id, and by holding."""

    def __init__(self, executions: Mapping[str, dict[str, Any]]) -> None:
        self._entries: dict[str, _Entry] = {}
        self._filled: defaultdict[int, Decimal] = defaultdict(Decimal)
        self._of_perm_id: defaultdict[int, Decimal] = defaultdict(Decimal)
        self._held: defaultdict[Holding, Decimal] = defaultdict(Decimal)
        for body in executions.values():
            self.add(Execution.model_validate(body), "")

    def add(self, fill: Execution, order_sec_type: str) -> None:
        """Count an execution. `order_sec_type` BAG: a fill of another type is a leg, whose order fills in combos."""
        replaced = self._entries.pop(fill.replaces, None) if fill.replaces else None
        if replaced is not None:
            self._count(replaced, -1)
        is_held = fill.contract.sec_type not in NOT_HELD and fill.contract.con_id
        entry = _Entry(
            order_id=fill.order_id if fill.client_order_id is not None else None,
            perm_id=fill.perm_id or 0,
            is_leg=is_leg_of(order_sec_type, fill),
            holding=(fill.account, fill.contract.con_id) if is_held else None,
            shares=fill.shares,
            is_bought=fill.side == BOUGHT,
        )
        self._entries[fill.exec_id] = entry
        self._count(entry, 1)

    def filled(self, order_id: int) -> Decimal:
        """So much of an order of this bridge is filled, as far as executions tell."""
        return self._filled.get(order_id, Decimal(0))

    def filled_of(self, perm_id: int) -> Decimal:
        """So much of any order is filled, as far as executions tell."""
        return self._of_perm_id.get(perm_id, Decimal(0))

    def held(self, holding: Holding) -> Decimal:
        """What executions made of a holding: negative when more was sold."""
        return self._held.get(holding, Decimal(0))

    def holdings(self) -> set[Holding]:
        """Every holding that an execution has changed."""
        return set(self._held)

    def _count(self, entry: _Entry, sign: int) -> None:
        if entry.perm_id and not entry.is_leg:
            self._of_perm_id[entry.perm_id] += sign * entry.shares
        if entry.order_id is not None and not entry.is_leg:
            self._filled[entry.order_id] += sign * entry.shares
        if entry.holding is not None:
            self._held[entry.holding] += sign * (entry.shares if entry.is_bought else -entry.shares)


def is_leg_of(order_sec_type: str, fill: Execution) -> bool:
    """True for the fill of a part of a combo: the order itself fills in combos."""
    return order_sec_type == COMBO and fill.contract.sec_type != COMBO
