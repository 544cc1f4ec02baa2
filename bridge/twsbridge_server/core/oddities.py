"""Signs of something that TWS did and that the bridge was not told of: each of them asks for a sweep, once.

What explains it is often on its way. So it is looked at again a moment later, and only what still stands asks.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from decimal import Decimal
from typing import Any, NamedTuple

from twsbridge_server.core.accounts import Accounts
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.executions import LIVE, Executions
from twsbridge_server.core.inputs import (
    CommissionReceived,
    CompletedOrder,
    ExecutionReceived,
    OpenOrder,
    OrderStatus,
    PositionRow,
    TwsErrorReceived,
)
from twsbridge_server.core.order_changes import SHOWN_ALIVE, is_over
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.reconcile import SOON_US, Reconcile
from twsbridge_server.core.recount import Recount
from twsbridge_server.core.tally import COMBO, is_leg_of

COMMISSION_US = 60_000_000
"""A commission comes seconds after its fill, or something is missing."""

PAUSE_US = 10_000_000
"""A busy account may be odd all the time: sweeps that oddities ask for begin no closer together."""

REMEMBERED = 10_000
"""So many signs are known to have been asked about; one that is older may ask again."""

Look = Callable[[Any, int], None]
Check = Callable[[], bool]


class _Sign(NamedTuple):
    due_us: int
    stands: Check


class Known(NamedTuple):
    """What the bridge knows, and what it can do about what it does not."""

    orders: Orders
    executions: Executions
    accounts: Accounts
    recount: Recount
    reconcile: Reconcile


class Oddities:
    """`looks` are to be called with what TWS says before it is taken in. The signs are the table of this module."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._signs: dict[int, dict[Hashable, _Sign]] = {SOON_US: {}, COMMISSION_US: {}}
        self._asked: dict[Hashable, None] = {}
        self._quiet_until_us = 0
        self.looks: dict[type, Look] = {
            OpenOrder: self._open_order,
            OrderStatus: self._order_status,
            ExecutionReceived: self._execution,
            CommissionReceived: self._commission,
            CompletedOrder: self._completed_order,
            PositionRow: self._position,
        }

    def error(self, said: TwsErrorReceived, now: int) -> None:
        """An error of an order that nobody knows: it may be one of ours that the journal has lost."""
        self._suspect(("error", said.id, said.code), lambda: True, now)

    def due(self, now: int) -> list[Effect]:
        """Ask for a sweep when one of the signs still stands; without a session the next one begins with a sweep."""
        standing: list[Hashable] = []
        for signs in self._signs.values():
            while signs and (first := next(iter(signs.items())))[1].due_us <= now:
                del signs[first[0]]
                standing += [first[0]] if first[1].stands() else []
        if standing and self._known.reconcile.can_ask:
            self._known.reconcile.soon(now, 0)
            self._quiet_until_us = now + PAUSE_US
            self._asked.update(dict.fromkeys(standing))
            for name in list(self._asked)[:-REMEMBERED]:
                del self._asked[name]
        return []

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        firsts = [next(iter(signs.values())).due_us for signs in self._signs.values() if signs]
        first = min(firsts, default=None)
        return None if first is None else max(first, self._quiet_until_us)

    def _suspect(self, name: Hashable, stands: Check, now: int, after_us: int = SOON_US) -> None:
        if name not in self._asked:
            self._signs[after_us].setdefault(name, _Sign(now + after_us, stands))

    def _find(
        self, client_id: int | None, order_id: int | None, perm_id: int | None, order_ref: str = ""
    ) -> OrderRecord | None:
        return self._known.orders.find(client_id=client_id, order_id=order_id, perm_id=perm_id, order_ref=order_ref)

    def _filled(self, record: OrderRecord) -> Decimal:
        tally = self._known.executions.tally
        return tally.filled(record.number) if record.is_ours else tally.filled_of(record.state.perm_id or 0)

    def _open_order(self, said: OpenOrder, now: int) -> None:
        record = self._find(said.client_id, said.order_id, said.perm_id, said.order_ref)
        if record is not None:
            self._still(record, said.status, said.filled, now)
        elif not self._known.reconcile.is_running:
            self._suspect(("order", said.perm_id or (said.client_id, said.order_id)), lambda: True, now)

    def _order_status(self, said: OrderStatus, now: int) -> None:
        record = self._find(said.client_id, said.order_id, said.perm_id)
        if record is None:
            number = said.perm_id or (said.client_id, said.order_id)
            self._suspect(("order", number), lambda: not self._find(said.client_id, said.order_id, said.perm_id), now)
            return
        self._still(record, said.status, said.filled, now)

    def _still(self, record: OrderRecord, status: str, filled: Decimal | None, now: int) -> None:
        """TWS works an order that it has called cancelled before, or counts more fills than it has told of."""
        if status in SHOWN_ALIVE and is_over(record) and record.state.status != "Filled":
            self._suspect(("alive", record.row_key, record.state.updated_us), lambda: is_over(record), now)
        if filled and filled > self._filled(record):
            self._suspect(("filled", record.row_key, filled), lambda: filled > self._filled(record), now)

    def _execution(self, said: ExecutionReceived, now: int) -> None:
        fill, executions = said.execution, self._known.executions
        if executions.knows(fill.exec_id):
            return
        record = self._find(fill.client_id, fill.order_id, fill.perm_id, said.order_ref)
        if record is None and said.req_id == LIVE:
            number = fill.perm_id or (fill.client_id, fill.order_id)
            self._suspect(("order", number), lambda: not self._find(fill.client_id, fill.order_id, fill.perm_id), now)
        if record is not None and record.state.status in ("Cancelled", "Rejected", "NOT_FOUND"):
            self._suspect(("after its end", fill.exec_id), lambda: True, now)
        is_leg = record is not None and is_leg_of(record.state.contract.sec_type, fill)
        if fill.perm_id and not is_leg and fill.revision == 1:
            self._fills_add_up(fill.perm_id, fill.cum_qty, fill.shares, now)
        if fill.contract.sec_type != COMBO and fill.revision == 1:
            self._suspect(("unpaid", fill.exec_id), lambda: not executions.is_paid(fill.exec_id), now, COMMISSION_US)

    def _fills_add_up(self, perm_id: int, filled: Decimal, new: Decimal, now: int) -> None:
        """What is filled of an order must be the sum of its fills, `new` ones included."""
        tally = self._known.executions.tally
        if filled > tally.filled_of(perm_id) + new:
            self._suspect(("fills of", perm_id, filled), lambda: filled > tally.filled_of(perm_id), now)

    def _commission(self, said: CommissionReceived, now: int) -> None:
        exec_id, knows = said.commission.exec_id, self._known.executions.knows
        if not knows(exec_id):
            self._suspect(("commission", exec_id), lambda: not knows(exec_id), now)

    def _completed_order(self, said: CompletedOrder, now: int) -> None:
        """It comes in a sweep, whose executions must add up to what was filled."""
        if said.perm_id and said.filled:
            self._fills_add_up(said.perm_id, said.filled, Decimal(0), now)

    def _position(self, said: PositionRow, now: int) -> None:
        """A holding that moved without a fill: somebody else's fill, or one of ours that was not told."""
        account, con_id = said.account, said.contract.con_id

        def stands() -> bool:
            rows = self._known.accounts.positions(account)
            held = sum((row.position for row in rows if row.contract.con_id == con_id), Decimal(0))
            return not self._known.recount.explains((account, con_id), held)

        if not self._known.recount.explains((account, con_id), said.position):
            self._suspect(("position", account, con_id, said.position), stands, now)
