"""Closing positions under a halt, on an admin's word: cancels first, a sweep, fresh positions, then one order for each.

Nothing is kept beside the halt and the orders: the next step follows from what TWS shows, so a restart goes on where it
was. A contract has one closing order at a time, and the next one only once TWS's position agrees with what the one
before has filled. So a position ends at zero and is never turned, whatever is repeated, killed or late.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from twsbridge.protocol.errors import WireError
from twsbridge.protocol.models import DONE, Contract, ContractDetails, Halt, Order, Position, Unclosed
from twsbridge_server.core import calls
from twsbridge_server.core.accounts import Accounts
from twsbridge_server.core.admission import Wanted
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.effects import CallTws, Effect
from twsbridge_server.core.limits.held import NOT_HELD, Held
from twsbridge_server.core.limits.switch import KillSwitch
from twsbridge_server.core.order_record import Links, OrderRecord, meaning
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.pacing import Pacing
from twsbridge_server.core.permits import refusal_of_orders
from twsbridge_server.core.placements import Placements, placement
from twsbridge_server.core.reconcile import Reconcile
from twsbridge_server.core.session import Session

LOOK_US = 400_000
RETRY_US = 5_000_000
"""A cancel that TWS has not answered is sent again after this."""

LAG_US = 60_000_000
"""So long after a closing order an admin may say that what TWS shows counts, although it disagrees with the fills."""

PREFIX = "flatten-"


@dataclass(frozen=True, slots=True)
class Reach:
    """What a halt reaches."""

    orders: Orders
    session: Session
    placements: Placements
    pacing: Pacing
    reconcile: Reconcile


@dataclass(frozen=True, slots=True)
class Market:
    """Where positions and contracts are known."""

    accounts: Accounts
    contracts: Contracts
    held: Held


@dataclass(slots=True)
class _Task:
    """One halt that flattens. `waits` says of each account and contract why it is not closed yet.

    `asked_us` is when an admin said so, 0 when the bridge goes on with it after a restart. `contracts` are those that
    TWS was asked for, None until it answers; `faults` why it did not.
    """

    halt: Halt
    since_us: int
    asked_us: int = 0
    contracts: dict[int, Contract | None] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)
    waits: dict[tuple[str, int], Unclosed] = field(default_factory=dict)


class Flattening:
    """Looks at each halt that flattens until no position of it is left, or until it is resumed."""

    def __init__(self, switch: KillSwitch, reach: Reach, market: Market) -> None:
        self._switch = switch
        self._reach = reach
        self._market = market
        self._tasks: dict[str, _Task] = {}
        self._next_us = 0

    def begin(self, halt: Halt, now: int) -> None:
        """An admin has asked for it, perhaps again: what TWS refused before is tried once more."""
        self._tasks[_name(halt)] = _Task(halt, now, now)
        self._next_us = now

    def unclosed(self, halt: Halt) -> list[Unclosed]:
        """The positions of this halt that are not closed, each with why; empty when all are."""
        task = self._tasks.get(_name(halt))
        return list(task.waits.values()) if task else []

    def closing(self, halt: Halt) -> list[OrderRecord]:
        """The orders with which this halt has closed something, oldest first."""
        return [record for record in self._reach.orders if _is_of(record, halt)]

    def is_over(self, halt: Halt) -> bool:
        """True when a sweep and positions that TWS gave after everything showed nothing left."""
        return _name(halt) not in self._tasks

    def due(self, now: int) -> list[Effect]:
        """The next step of each."""
        self._next_us = now + LOOK_US
        standing = {_name(halt): halt for halt in self._switch.rows() if halt.flatten}
        self._tasks = {name: task for name, task in self._tasks.items() if name in standing}
        effects: list[Effect] = []
        for name, halt in standing.items():
            task = self._tasks.setdefault(name, _Task(halt, now))
            effects += self._step(task, now)
        return effects

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        return self._next_us if any(halt.flatten for halt in self._switch.rows()) else None

    def _step(self, task: _Task, now: int) -> list[Effect]:
        """Cancels, then a sweep and positions that are newer than every change, then orders."""
        if refusal_of_orders(self._reach.session, now) is not None:
            return []
        if alive := [record for record in self._others(task) if record.state.status not in DONE]:
            return [effect for record in alive for effect in self._cancel(record, now)]
        states = (r.state for r in self._reach.orders if _reaches(task.halt, r.state.order.account))
        since = max([task.since_us, *(state.updated_us for state in states)])
        if self._reach.reconcile.complete_since_us <= since:
            self._reach.reconcile.soon(now, LOOK_US)
            return []
        accounts = self._market.accounts
        if accounts.image_since_us <= since:
            return [] if accounts.asked_us > accounts.image_since_us else accounts.ask_positions(now)
        rows = [row for row in accounts.positions() if _reaches(task.halt, row.account)]
        task.waits = {}
        effects = [effect for row in rows for effect in self._close(task, row, now)]
        is_open = bool(rows) or any(record.state.status not in DONE for record in self.closing(task.halt))
        if is_open or self._may_hold(task.halt, now):
            return [*effects, *self._withdraw_idle(task, rows, now)]
        del self._tasks[_name(task.halt)]
        return self._switch.flattened(task.halt, now)

    def _may_hold(self, halt: Halt, now: int) -> bool:
        """A fill of a moment ago may not be in TWS's positions yet, unless a closing order has told what is left."""
        closed = {_place(record) for record in self.closing(halt) if not _left(record)}
        return any(
            (row.low or row.high) and row.contract.sec_type not in NOT_HELD
            for row in self._market.held.rows("", now)
            if _reaches(halt, row.account) and (row.account, row.contract.con_id) not in closed
        )

    def _others(self, task: _Task) -> list[OrderRecord]:
        """Orders of the bridge in these accounts that close nothing here."""
        return [
            record
            for record in self._reach.orders
            if record.is_ours and _reaches(task.halt, record.state.order.account) and not _is_of(record, task.halt)
        ]

    def _cancel(self, record: OrderRecord, now: int) -> list[Effect]:
        if record.cancel_sent_us is not None and now - record.cancel_sent_us < RETRY_US:
            return []
        self._reach.reconcile.soon(now)
        record.cancel_sent_us = now
        return [CallTws(calls.CancelOrder(record.number))]

    def _close(self, task: _Task, row: Position, now: int) -> list[Effect]:
        """The order that closes this position, if it is sure that it is needed."""
        attempts = [
            record for record in self.closing(task.halt) if _place(record) == (row.account, row.contract.con_id)
        ]
        last = attempts[-1] if attempts else None
        if last is not None and last.state.status not in DONE:
            return self._watch(task, last, row, now)
        why = self._doubt(task, last, row, now)
        if why:
            self._wait(task, row, why)
            return [] if why is not NEWER else self._market.accounts.ask_positions(now)
        if row.contract.con_id not in task.contracts:
            return self._look_up(task, row, now)
        contract = task.contracts[row.contract.con_id]
        if contract is None:
            self._wait(task, row, task.faults.get(row.contract.con_id, ASKED))
            return []
        self._wait(task, row, "its closing order is on its way")
        return self._place(task, row, contract, now)

    def _doubt(self, task: _Task, last: OrderRecord | None, row: Position, now: int) -> str:
        """Why no order may be sent for this position now; empty when nothing speaks against it."""
        if row.contract.sec_type in NOT_HELD or not row.contract.con_id:
            return "a position of this kind is closed by hand"
        foreign = [r for r in self._reach.orders if not r.is_ours and r.state.status not in DONE]
        if names := [r.name for r in foreign if _place(r) == (row.account, row.contract.con_id)]:
            return f"orders from elsewhere work on it (perm id {', '.join(names)}): cancel them in TWS first"
        if last is not None and last.state.updated_us >= task.asked_us and _has_failed(last):
            reason = last.state.reason.text if last.state.reason else "no reason given"
            return f"its closing order {last.number} is {last.state.status}: {reason}"
        if last is not None and _left(last) != row.position and task.asked_us < last.state.updated_us + LAG_US:
            if now < last.state.updated_us + LAG_US:
                return NEWER
            return f"{_left(last)} should be left after order {last.number}: look at TWS, and say it again if need be"
        return NEWER if last is None and not self._agrees(row, now) else ""

    def _agrees(self, row: Position, now: int) -> bool:
        """TWS's row and the fills of the last minute say the same."""
        holdings = [h for h in self._market.held.rows(row.account, now) if h.contract.con_id == row.contract.con_id]
        return all(holding.low == holding.high for holding in holdings)

    def _watch(self, task: _Task, order: OrderRecord, row: Position, now: int) -> list[Effect]:
        """One is working: should the position have shrunk or turned beside it, it is too large and has to go."""
        held = order.state.why_held or order.state.status
        self._wait(task, row, f"its closing order {order.number} is {held}, {order.state.remaining} left")
        left = order.state.remaining
        is_too_large = abs(row.position) < left or (row.position > 0) == (order.state.order.action == "BUY")
        return self._cancel(order, now) if is_too_large and order.acknowledged and self._agrees(row, now) else []

    def _withdraw_idle(self, task: _Task, rows: list[Position], now: int) -> list[Effect]:
        """Closing orders of positions that are gone meanwhile."""
        places = {(row.account, row.contract.con_id) for row in rows}
        idle = [r for r in self.closing(task.halt) if r.state.status not in DONE and _place(r) not in places]
        return [effect for record in idle if record.acknowledged for effect in self._cancel(record, now)]

    def _look_up(self, task: _Task, row: Position, now: int) -> list[Effect]:
        con_id = row.contract.con_id
        task.contracts[con_id] = None
        self._wait(task, row, task.faults.get(con_id, ASKED))

        def found(match: ContractDetails | WireError, now: int) -> list[Effect]:
            if isinstance(match, WireError):
                task.faults[con_id] = match.msg
                del task.contracts[con_id]
            else:
                task.contracts[con_id] = match.contract
            return []

        return self._market.contracts.resolve(Contract(con_id=con_id), found, now)

    def _place(self, task: _Task, row: Position, contract: Contract, now: int) -> list[Effect]:
        contract = contract.model_copy(update={"exchange": contract.exchange or "SMART"})
        order = Order(
            action="SELL" if row.position > 0 else "BUY",
            quantity=abs(row.position),
            order_type="MKT",
            account=row.account,
        )
        body_hash = meaning(contract, order)
        key = (task.halt.flatten, self._free_key(task.halt, row))
        wanted = Wanted(key[1], contract, order)
        record, effects = self._reach.placements.intend(key, body_hash, wanted, Links(), now)
        return [*effects, CallTws(placement(record))]

    def _free_key(self, halt: Halt, row: Position) -> str:
        """It names the halt, the account, the contract and the attempt; none is used twice."""
        number = 1
        while True:
            text = f"{_prefix(halt)}{row.account}-{row.contract.con_id}-{number}"
            if self._reach.placements.meaning_of((halt.flatten, text)) is None:
                return text
            number += 1

    def _wait(self, task: _Task, row: Position, why: str) -> None:
        place = (row.account, row.contract.con_id)
        known = Unclosed(account=row.account, contract=row.contract, position=row.position, reason=why)
        task.waits[place] = known


ASKED = "its exchange is being asked for"
NEWER = "TWS's position does not agree with the fills yet"


def _name(halt: Halt) -> str:
    return f"{halt.scope}:{halt.of}"


def _prefix(halt: Halt) -> str:
    return f"{PREFIX}{halt.since_us}-"


def _is_of(record: OrderRecord, halt: Halt) -> bool:
    key = record.state.client_order_id or ""
    return record.is_ours and record.placer == halt.flatten and key.startswith(_prefix(halt))


def _reaches(halt: Halt, account: str) -> bool:
    return halt.scope == "global" or account == halt.of


def _place(record: OrderRecord) -> tuple[str, int]:
    return record.state.order.account, record.state.contract.con_id


def _has_failed(record: OrderRecord) -> bool:
    """TWS ended it by itself and nothing was filled: another would fare no better."""
    was_sent = record.state.status in DONE - {"NOT_FOUND", "Filled"}
    return was_sent and not record.state.filled and record.cancel_sent_us is None


def _left(record: OrderRecord) -> Decimal:
    """The position that this order leaves, if nothing else moves it."""
    left = record.state.order.quantity - record.state.filled
    return left if record.state.order.action == "SELL" else -left
