"""After each complete sweep: do the executions add up to what TWS says is filled, and to what it says is held?

A difference counts only when two sweeps in a row show the same: a fill may be on its way. What others trade in the
account shows as a holding that executions do not explain, and says nothing about the orders of this bridge.
"""

from __future__ import annotations

from decimal import Decimal

from twsbridge.protocol.fields import decimal_text
from twsbridge.protocol.models import Break, Contract, Position
from twsbridge_server.core.accounts import Accounts
from twsbridge_server.core.baselines import Baselines
from twsbridge_server.core.breaks import Breaks
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.tally import Holding, Tally

REMEMBERED_US = 29 * 24 * 3600 * 1_000_000
"""Of older orders not all executions are in memory."""


class Recount:
    """Compares sums. Both sides come from TWS, on ways that can fail apart from one another."""

    def __init__(self, orders: Orders, accounts: Accounts, tally: Tally, breaks: Breaks, baselines: Baselines) -> None:
        self._orders = orders
        self._accounts = accounts
        self._tally = tally
        self._breaks = breaks
        self._baselines = baselines
        self._base: dict[Holding, Decimal] | None = None
        self._seen: dict[str, tuple[Decimal, Decimal]] = {}

    def compare(self, now: int) -> tuple[list[Effect], bool]:
        """What is different, or no more; True when a difference was seen for the first time and waits for proof."""
        differences = {**self._fills(now), **self._positions()}
        effects: list[Effect] = []
        for name in self._seen.keys() - differences.keys():
            effects += self._breaks.gone(name, now)
        is_new = False
        for name, difference in differences.items():
            if self._seen.get(name) == (difference.expected, difference.actual):
                effects += self._breaks.found(name, difference, now)
            else:
                is_new = True
        self._seen = {name: (found.expected, found.actual) for name, found in differences.items()}
        return [*effects, *([] if is_new else self._move_baselines())], is_new

    def explains(self, holding: Holding, size: Decimal) -> bool:
        """Executions tell how so much came to be held; also True before anything was compared."""
        if self._base is None or not self._accounts.has_positions:
            return True
        return self._expected(self._base, holding) == size

    def _expected(self, base: dict[Holding, Decimal], holding: Holding) -> Decimal:
        return base.get(holding, Decimal(0)) + self._tally.held(holding)

    def _move_baselines(self) -> list[Effect]:
        """All that differs is published: the next start begins with what TWS says now."""
        if not self._accounts.has_positions:
            return []
        effects: list[Effect] = []
        for account in sorted(self._accounts.names):
            rows = self._accounts.positions(account)
            effects += self._baselines.move(account, {r.contract.con_id: r.position for r in rows if r.contract.con_id})
        return effects

    def _fills(self, now: int) -> dict[str, Break]:
        """Orders of which TWS says that more is filled than all executions that it has told of."""
        recent = (r for r in self._orders if r.is_ours and r.sent_us > now - REMEMBERED_US)
        return {r.row_key: self._missing(r) for r in recent if r.told_filled > self._tally.filled(r.number)}

    def _missing(self, record: OrderRecord) -> Break:
        state, actual = record.state, self._tally.filled(record.number)
        text = (
            f"TWS says that {decimal_text(record.told_filled)} of order {record.number} are filled, but has told of "
            f"executions of {decimal_text(actual)} only"
        )
        return Break(
            subject="fills",
            account=state.order.account,
            contract=state.contract,
            order_id=state.order_id,
            client_order_id=state.client_order_id,
            owner=state.owner,
            expected=record.told_filled,
            actual=actual,
            text=text,
        )

    def _positions(self) -> dict[str, Break]:
        """Holdings that moved in another way than executions tell, since the baseline or the first image of them."""
        if not self._accounts.has_positions:
            return {}
        rows = {(row.account, row.contract.con_id): row for row in self._accounts.positions()}
        if self._base is None:
            first = {
                key: rows[key].position if key in rows else Decimal(0) for key in rows.keys() | self._tally.holdings()
            }
            seen = {key: size - self._tally.held(key) for key, size in first.items()}
            fresh = {key: size for key, size in seen.items() if not self._baselines.explains(key[0])}
            self._base = self._baselines.before_executions() | fresh
        found: dict[str, Break] = {}
        for key in rows.keys() | self._tally.holdings() | self._base.keys():
            expected = self._expected(self._base, key)
            row = rows.get(key)
            actual = row.position if row else Decimal(0)
            if expected != actual:
                found["{}:{}".format(*key)] = _unexplained(key, row, expected, actual)
        return found


def _unexplained(key: Holding, row: Position | None, expected: Decimal, actual: Decimal) -> Break:
    account, con_id = key
    what = row.contract.symbol if row and row.contract.symbol else f"contract {con_id}"
    text = (
        f"Executions make {decimal_text(expected)} of {what} in {account}, TWS holds {decimal_text(actual)}: "
        f"{decimal_text(actual - expected)} came from elsewhere"
    )
    contract = row.contract if row else Contract(con_id=con_id)
    return Break(subject="position", account=account, contract=contract, expected=expected, actual=actual, text=text)
