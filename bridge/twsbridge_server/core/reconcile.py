"""Comparing the bridge's records with TWS: after every interruption, now and then, and whenever something is odd.

A query without its end marker is a failed query, never "nothing there". An order that no complete sweep has shown
twice is NOT_FOUND; until then it is UNKNOWN. Nothing is ever resent.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from twsbridge_server.core import calls
from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.effects import CallTws, DisconnectTws, Effect, Log
from twsbridge_server.core.inputs import TwsErrorReceived
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.verdicts import Verdicts

OPEN_ORDERS, EXECUTIONS, COMPLETED = "open orders", "executions", "completed orders"
RETRY_US = 30_000_000
"""An incomplete sweep is repeated after this; TWS may leave out the end of an empty answer each time."""

MOST_UNLISTED = 3
"""After so many sweeps in which TWS did not list its open orders the bridge connects anew."""

SOON_US = 1_000_000
"""How long after something odd a sweep begins: TWS may still be about to explain itself."""


@dataclass(slots=True)
class _Sweep:
    started_us: int
    deadline_us: int
    executions_req_id: int
    missing: set[str] = field(default_factory=lambda: {OPEN_ORDERS, EXECUTIONS, COMPLETED})
    seen: set[str] = field(default_factory=set)
    open: dict[str, str] = field(default_factory=dict)
    rows: int = 0


class Reconcile:
    """Runs one sweep at a time. `finished` is set when one has ended: True complete, False not.

    `unlisted` counts the last sweeps in which TWS did not even list its open orders.
    `is_complete` is True from a complete sweep to the next one, in one session; `complete_since_us` is when the last
    complete one began.

    `can_ask` is True while TWS answers and has its connection to IB: other answers, or none, would prove nothing.
    """

    def __init__(self, orders: Orders, ids: RequestIds, timeout_us: int, interval_us: int) -> None:
        self._verdicts = Verdicts(orders)
        self._ids = ids
        self._timeout_us = timeout_us
        self._interval_us = interval_us
        self._sweep: _Sweep | None = None
        self._next_us: int | None = None
        self.finished: bool | None = None
        self.unlisted = 0
        self.is_complete = False
        self.can_ask = False
        self.complete_since_us = 0

    @property
    def is_running(self) -> bool:
        """True while a sweep waits for TWS's answers."""
        return self._sweep is not None

    def start(self, now: int) -> list[Effect]:
        """Ask TWS for everything it knows of orders and executions."""
        if self._sweep is not None or not self.can_ask:
            return []
        self.is_complete, self._next_us = False, None
        self._sweep = _Sweep(now, now + self._timeout_us, self._ids.next())
        return [
            CallTws(calls.ReqOpenOrders()),
            CallTws(calls.ReqCompletedOrders()),
            CallTws(calls.ReqExecutions(self._sweep.executions_req_id)),
        ]

    def saw_order(self, record: OrderRecord | None, open_as: str = "") -> None:
        """TWS has this order, as open with this status or as completed."""
        if self._sweep is not None and record is not None:
            self._sweep.seen.add(record.row_key)
            record.doubtful_cancel = False
            if open_as:
                self._sweep.open[record.row_key] = open_as

    def saw_execution(self, req_id: int) -> None:
        """A row of the sweep's own query has come, so TWS does answer it."""
        if self._sweep is not None and req_id == self._sweep.executions_req_id:
            self._sweep.rows += 1

    def ended(self, part: str, now: int, req_id: int | None = None) -> list[Effect]:
        """One of the three answers is complete."""
        sweep = self._sweep
        if sweep is None or (req_id is not None and req_id != sweep.executions_req_id):
            return []
        sweep.missing.discard(part)
        return [] if sweep.missing else self._finish(now)

    def error(self, said: TwsErrorReceived, now: int) -> list[Effect] | None:
        """TWS answered the query of executions with an error; None when the id is not of a sweep."""
        if self._sweep is None or said.id != self._sweep.executions_req_id:
            return None
        refused = Log("warning", f"TWS refused to list executions: {said.text}")
        return [refused, *(self._finish(now) if OPEN_ORDERS not in self._sweep.missing else [])]

    def lost(self) -> None:
        """The connection broke, that to TWS or the one behind it: the sweep has failed."""
        self._sweep = None
        self._next_us = None
        self.unlisted = 0
        self.can_ask = self.is_complete = False

    def due(self, now: int) -> list[Effect]:
        """A sweep that TWS does not finish, or the time for the next one."""
        if self._sweep is not None and self._sweep.deadline_us <= now:
            return self._finish(now)
        if self._sweep is None and self._next_us is not None and self._next_us <= now:
            return self.start(now)
        return []

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        return self._sweep.deadline_us if self._sweep is not None else self._next_us

    def soon(self, now: int, after_us: int = SOON_US) -> None:
        """Something is odd: compare again shortly; when TWS cannot be asked, it will be as soon as it can."""
        if not self.can_ask:
            return
        at = now + after_us
        self._next_us = at if self._next_us is None else min(self._next_us, at)

    def ask_again(self, now: int) -> list[Effect]:
        """Without TWS's list of open orders nothing is ready: sweep again soon, and in the end leave this session."""
        if self.unlisted < MOST_UNLISTED:
            self.soon(now)
            return []
        self.unlisted = 0
        return [DisconnectTws("TWS is there but does not say which orders it has")]

    def _finish(self, now: int) -> list[Effect]:
        """What was found odd meanwhile is looked at soon; else the next sweep has time."""
        sweep, self._sweep = self._sweep, None
        assert sweep is not None
        self.finished = self.is_complete = not sweep.missing
        self.unlisted = self.unlisted + 1 if OPEN_ORDERS in sweep.missing else 0
        self.soon(now, RETRY_US if sweep.missing else self._interval_us)
        effects: list[Effect] = []
        if sweep.missing:
            text = f"TWS did not confirm the end of its {' and '.join(sorted(sweep.missing))}"
            effects.append(Log("warning", text))
        else:
            self.complete_since_us = sweep.started_us
        if OPEN_ORDERS not in sweep.missing:
            effects += self._verdicts.of_open_orders(sweep, now)
        if not sweep.missing:
            effects += self._verdicts.of_everything(sweep, now)
        again = self._verdicts.again_us
        if again is not None:
            self.soon(now, again - now)
        return effects
