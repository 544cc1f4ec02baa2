"""Commands whose answer depends on what TWS will say about an order. Each of them is answered exactly once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twsbridge.protocol.commands import PlaceGroup
from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.models import DONE, OrderState
from twsbridge.protocol.replies import OrderGroup, OrderReply
from twsbridge_server.core.answers import answer, fail, refuse
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.inputs import CommandReceived
from twsbridge_server.core.order_record import OrderRecord

SETTLED = DONE | {"Inactive"}
"""Statuses that answer somebody who waits for the end of an order."""

PATIENCE_US = 5_000_000
"""After so much silence about a new order it is UNKNOWN."""

PLACEMENTS = frozenset({"order.place", "order.place_group", "order.resend"})
"""Commands that make orders."""

Condition = Callable[[OrderRecord], bool]

WAITS: dict[str, Condition] = {
    "durable": lambda record: True,
    "acknowledged": lambda record: record.acknowledged or record.state.status in SETTLED,
    "filled": lambda record: record.state.status in SETTLED,
    "done": lambda record: record.state.status in DONE,
    "changed": lambda record: record.change is None or record.state.status in SETTLED,
}
"""What has to be true of the order before the caller is answered."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """One command that waits for an order or a group; `duplicate` marks the repetition of an earlier placement."""

    asked: CommandReceived
    records: tuple[OrderRecord, ...]
    is_answered: Condition
    deadline_us: int
    duplicate: bool = False

    def concerns(self, record: OrderRecord) -> bool:
        """True for one who waits for this order, alone or with others."""
        return any(each is record for each in self.records)

    @property
    def is_over(self) -> bool:
        """What he waits for is true of every order."""
        return all(map(self.is_answered, self.records))


class OrderWaiters:
    """All commands that wait for an order."""

    def __init__(self) -> None:
        self._waiters: list[Waiter] = []

    def wait(
        self, until: str, asked: CommandReceived, records: tuple[OrderRecord, ...], now: int, duplicate: bool = False
    ) -> None:
        """Remember who waits for what."""
        self._waiters.append(Waiter(asked, records, WAITS[until], deadline_of(asked, now), duplicate))

    def answer_when(
        self, until: str, asked: CommandReceived, records: tuple[OrderRecord, ...], now: int, duplicate: bool = False
    ) -> list[Effect]:
        """Answer once all these orders are as `until` says, which may be at once."""
        self.wait(until, asked, records, now, duplicate)
        return self.settle(records[0])

    def settle(self, record: OrderRecord) -> list[Effect]:
        """Answer those whose condition has come true."""
        return [_outcome(w) for w in self._take(lambda w: w.concerns(record) and w.is_over)]

    def refuse(self, record: OrderRecord, error: WireError, *names: str) -> list[Effect]:
        """The answer is no: tell those who waited with one of these commands, or with any."""
        concerned = self._take(lambda w: w.concerns(record) and (not names or w.asked.command.name in names))
        return [fail(w.asked, error) for w in concerned]

    def late(self, now: int) -> list[Waiter]:
        """Those whose deadline has passed; they wait no longer."""
        return self._take(lambda w: w.deadline_us <= now)

    def lost(self, reason: str) -> list[Effect]:
        """The connection broke. Placements go on waiting: a sweep may still find the order."""
        concerned = self._take(lambda w: w.asked.command.name not in PLACEMENTS)
        return [refuse(w.asked, "tws.lost", reason) for w in concerned]

    def give_up(self) -> list[Effect]:
        """Nobody will look at these orders any more: what has not happened by now is not known to have happened."""
        return [too_late(w) for w in self._take(lambda w: True)]

    def stop(self, reason: str) -> list[Effect]:
        """The bridge goes down: what was asked for may still happen, and nobody will be there to tell."""
        taken = self._take(lambda w: True)
        return [fail(w.asked, make_error("br.stopped", f"{reason}: {_stand(w)}", details=_names(w))) for w in taken]

    def __len__(self) -> int:
        return len(self._waiters)

    def next_due(self) -> int | None:
        """The earliest deadline."""
        return min((w.deadline_us for w in self._waiters), default=None)

    def _take(self, wanted: Callable[[Waiter], bool]) -> list[Waiter]:
        taken = [w for w in self._waiters if wanted(w)]
        if taken:
            self._waiters = [w for w in self._waiters if w not in taken]
        return taken


def deadline_of(asked: CommandReceived, now: int) -> int:
    """When a command about an order is neither awaited nor sent any more; without one of its own, after PATIENCE_US."""
    return asked.expires_us or now + PATIENCE_US


def too_late(waiter: Waiter) -> Effect:
    """The answer when nothing has come in time."""
    text = f"What was asked for has not happened in time: {_stand(waiter)}"
    return fail(waiter.asked, make_error("tws.timeout", text, details=_names(waiter)))


def _stand(waiter: Waiter) -> str:
    states = [record.state for record in waiter.records]
    return ", ".join(f"order {state.order_id} is {state.status}" for state in states)


def _outcome(waiter: Waiter) -> Effect:
    if isinstance(waiter.asked.command, PlaceGroup):
        return _outcome_of_group(waiter)
    state = waiter.records[0].state
    if waiter.asked.command.name in PLACEMENTS and state.status == "Rejected" and state.reason:
        text = f"TWS refused order {state.order_id}: {state.reason.text}"
        code = state.reason.tws_code
        return fail(waiter.asked, make_error("tws.rejected", text, tws_code=code, details=_names(waiter)))
    return answer(waiter.asked, OrderReply(order=state, duplicate=waiter.duplicate))


def _outcome_of_group(waiter: Waiter) -> Effect:
    states: list[OrderState] = [record.state for record in waiter.records]
    refused = next((state for state in states if state.status in ("Rejected", "NOT_FOUND")), None)
    if refused is None:
        return answer(waiter.asked, OrderGroup(orders=states, duplicate=waiter.duplicate))
    why = f": {refused.reason.text}" if refused.reason else ""
    text = f"Order {refused.order_id} of the group is {refused.status}{why}"
    return fail(waiter.asked, make_error("order.group_broken", text, details=_names(waiter)))


def _names(waiter: Waiter) -> dict[str, Any]:
    """What identifies the order, or each order of a group with its status."""
    states = [record.state for record in waiter.records]
    if len(states) == 1:
        return {"order_id": states[0].order_id}
    return {"orders": {str(state.order_id): state.status for state in states}}
