"""Commands whose answer depends on what TWS will say about an order. Each of them is answered exactly once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.models import DONE
from twsbridge.protocol.replies import OrderReply
from twsbridge_server.core.answers import answer, fail, refuse
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.inputs import CommandReceived
from twsbridge_server.core.order_record import OrderRecord

SETTLED = DONE | {"Inactive"}
"""Statuses that answer somebody who waits for the end of an order."""

Condition = Callable[[OrderRecord], bool]

WAITS: dict[str, Condition] = {
    "durable": lambda record: True,
    "acknowledged": lambda record: record.acknowledged or record.state.status in SETTLED,
    "filled": lambda record: record.state.status in SETTLED,
    "changed": lambda record: record.change is None or record.state.status in SETTLED,
}
"""What has to be true of the order before the caller is answered."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """One command that waits; `duplicate` marks the repetition of an earlier placement."""

    asked: CommandReceived
    record: OrderRecord
    is_answered: Condition
    deadline_us: int
    duplicate: bool = False


class OrderWaiters:
    """All commands that wait for an order."""

    def __init__(self) -> None:
        self._waiters: list[Waiter] = []

    def add(self, waiter: Waiter) -> None:
        """Remember who waits."""
        self._waiters.append(waiter)

    def settle(self, record: OrderRecord) -> list[Effect]:
        """Answer those whose condition has come true."""
        return [_outcome(w) for w in self._take(lambda w: w.record is record and w.is_answered(record))]

    def refuse(self, record: OrderRecord, error: WireError, command: str) -> list[Effect]:
        """TWS said no: tell those who waited with this command."""
        concerned = self._take(lambda w: w.record is record and w.asked.command.name == command)
        return [fail(w.asked, error) for w in concerned]

    def late(self, now: int) -> list[Waiter]:
        """Those whose deadline has passed; they wait no longer."""
        return self._take(lambda w: w.deadline_us <= now)

    def lost(self, reason: str) -> list[Effect]:
        """The connection broke. Placements go on waiting: a sweep may still find the order."""
        concerned = self._take(lambda w: w.asked.command.name != "order.place")
        return [refuse(w.asked, "tws.lost", reason) for w in concerned]

    def give_up(self) -> list[Effect]:
        """Nobody will look at these orders any more: what has not happened by now is not known to have happened."""
        return [too_late(w) for w in self._take(lambda w: True)]

    def next_due(self) -> int | None:
        """The earliest deadline."""
        return min((w.deadline_us for w in self._waiters), default=None)

    def _take(self, wanted: Callable[[Waiter], bool]) -> list[Waiter]:
        taken = [w for w in self._waiters if wanted(w)]
        if taken:
            self._waiters = [w for w in self._waiters if w not in taken]
        return taken


def too_late(waiter: Waiter) -> Effect:
    """The answer when nothing has come in time."""
    state = waiter.record.state
    text = f"Order {state.order_id} is {state.status}; what was asked for has not happened in time"
    return fail(waiter.asked, make_error("tws.timeout", text, details={"order_id": state.order_id}))


def _outcome(waiter: Waiter) -> Effect:
    state = waiter.record.state
    if waiter.asked.command.name == "order.place" and state.status == "Rejected" and state.reason:
        text = f"TWS refused order {state.order_id}: {state.reason.text}"
        code = state.reason.tws_code
        details = {"order_id": state.order_id}
        return fail(waiter.asked, make_error("tws.rejected", text, tws_code=code, details=details))
    return answer(waiter.asked, OrderReply(order=state, duplicate=waiter.duplicate))
