"""Requests to TWS that have an id, parts and an end: who waits for them, and until when.

Equal requests in flight are asked once and answered together. A new kind of request is a `RequestKind` beside the
command that needs it, its call in `Question`, its inputs in `Row`, `End` and `PARTS`, and nothing else. Most need
only a row in queries/table.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import Any, Protocol

from twsbridge.protocol.errors import WireError, make_error
from twsbridge_server.core import tws_errors
from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.calls import ReqContractDetails, ReqHistoricalData, TwsCall
from twsbridge_server.core.effects import CallTws, Effect
from twsbridge_server.core.inputs import ContractDetailsEnd, ContractDetailsRow, TwsErrorReceived
from twsbridge_server.core.notices import Kind, classify
from twsbridge_server.core.queries.answers import AnswerEnd, AnswerPart
from twsbridge_server.core.queries.questions import NumberedQuestion
from twsbridge_server.core.stream_inputs import HistoricalBars, HistoricalEnd

Question = ReqContractDetails | ReqHistoricalData | NumberedQuestion
"""What can be asked: written with req_id 0, the id is filled in when it is sent."""

Row = ContractDetailsRow | HistoricalBars | AnswerPart
End = ContractDetailsEnd | HistoricalEnd | AnswerEnd

Then = Callable[[Any, int], list[Effect]]
"""Called once, with the outcome and the time: a `WireError`, or what `RequestKind.finish` made of the parts."""

PARTS: dict[type, Callable[[Any], Iterable[Any]]] = {
    ContractDetailsRow: lambda row: (row.details,),
    HistoricalBars: lambda row: row.bars,
    AnswerPart: lambda row: row.parts,
}
"""Which parts of the answer are in an input."""


class Gate(Protocol):
    """A limit of its own for one kind of request."""

    def free_at(self, call: Any, now: int) -> int:
        """The instant from which this may be asked; `now` or earlier means at once."""

    def passed(self, call: Any, now: int) -> None:
        """It is asked now."""


@dataclass(frozen=True, slots=True)
class RequestKind:
    """How requests of one kind go: deadline, how TWS is told that nobody waits any more, what is made of the answer.

    `finish` may raise ValueError for an answer that cannot be read. `refusal` may return None for an error that only
    means that there is nothing: then the parts gathered so far are the answer. `is_single`: TWS takes one such question
    at a time, the others wait for their turn.
    """

    timeout_us: int
    cancel: Callable[[int], TwsCall] | None = None
    finish: Callable[[list[Any]], Any] = list
    refusal: Callable[[int, str], WireError | None] = tws_errors.refusal
    gate: Gate | None = None
    is_single: bool = False


@dataclass(slots=True)
class _Pending:
    kind: RequestKind
    call: Question
    deadline_us: int
    waiters: list[Then] = field(default_factory=list)
    parts: list[Any] = field(default_factory=list)
    req_id: int | None = None
    is_over: bool = False


class Requests:
    """All requests in flight, and those that their gate holds back."""

    def __init__(self, ids: RequestIds) -> None:
        self._ids = ids
        self._by_call: dict[Question, _Pending] = {}
        self._by_id: dict[int, _Pending] = {}
        self._timers: list[tuple[int, int, _Pending]] = []
        self._timer_count = 0
        self._absent: str | None = "not connected yet"

    def __contains__(self, req_id: int) -> bool:
        return req_id in self._by_id

    def ask(self, kind: RequestKind, call: Question, then: Then, now: int) -> list[Effect]:
        """Ask TWS, or join an equal request; `then` gets the outcome, at once when there is no session."""
        if self._absent is not None:
            return then(tws_errors.disconnected(self._absent), now)
        pending = self._by_call.get(call)
        if pending is not None:
            pending.waiters.append(then)
            return []
        pending = self._by_call[call] = _Pending(kind, call, now + kind.timeout_us, [then])
        return self._try(pending, now)

    def row(self, said: Row, now: int) -> list[Effect]:
        """Parts of an answer."""
        if pending := self._by_id.get(said.req_id):
            pending.parts += PARTS[type(said)](said)
        return []

    def end(self, said: End, now: int) -> list[Effect]:
        """The answer is complete."""
        pending = self._by_id.get(said.req_id)
        return self._finish(pending, now) if pending else []

    def error(self, said: TwsErrorReceived, now: int) -> list[Effect] | None:
        """TWS's error for a request of these, or None when the id is not of these."""
        pending = self._by_id.get(said.id)
        if pending is None:
            return None
        if classify(said.code, said.meant) is Kind.NOTICE:
            return []
        error = pending.kind.refusal(said.code, said.text)
        return self._finish(pending, now) if error is None else self._answer(pending, error, now)

    def ready(self, now: int) -> list[Effect]:
        """There is a session to ask in."""
        self._absent = None
        return []

    def lost(self, reason: str, now: int) -> list[Effect]:
        """The session is gone: nothing that was asked will be answered."""
        self._absent = reason
        effects: list[Effect] = []
        for pending in list(self._by_call.values()):
            was_sent = pending.req_id is not None
            error = tws_errors.lost(reason) if was_sent else tws_errors.disconnected(reason)
            effects += self._answer(pending, error, now)
        return effects

    def due(self, now: int) -> list[Effect]:
        """Give up what TWS does not answer, and ask what its gate held back until now."""
        effects: list[Effect] = []
        while self._timers and self._timers[0][0] <= now:
            pending = heappop(self._timers)[2]
            if not pending.is_over:
                effects += self._try(pending, now) if pending.req_id is None else self._give_up(pending, now)
        return effects

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        while self._timers and self._timers[0][2].is_over:
            heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def _try(self, pending: _Pending, now: int) -> list[Effect]:
        """Ask, unless the gate is closed: then hold the request, or refuse it when it would open too late."""
        if pending.kind.is_single and now >= pending.deadline_us:
            return self._answer(pending, _never_its_turn(), now)
        if pending.kind.is_single and self._is_busy(pending):
            self._wake(pending, pending.deadline_us)
            return []
        gate = pending.kind.gate
        free_at = gate.free_at(pending.call, now) if gate else now
        if free_at > pending.deadline_us:
            return self._answer(pending, _held(free_at - now), now)
        if free_at > now:
            self._wake(pending, free_at)
            return []
        if gate:
            gate.passed(pending.call, now)
        pending.req_id = self._ids.next()
        self._by_id[pending.req_id] = pending
        self._wake(pending, pending.deadline_us)
        return [CallTws(replace(pending.call, req_id=pending.req_id))]

    def _wake(self, pending: _Pending, at_us: int) -> None:
        self._timer_count += 1
        heappush(self._timers, (at_us, self._timer_count, pending))

    def _give_up(self, pending: _Pending, now: int) -> list[Effect]:
        assert pending.req_id is not None
        cancel = pending.kind.cancel
        told: list[Effect] = [CallTws(cancel(pending.req_id))] if cancel else []
        error = tws_errors.timed_out(type(pending.call).__name__, pending.kind.timeout_us)
        return [*told, *self._answer(pending, error, now)]

    def _finish(self, pending: _Pending, now: int) -> list[Effect]:
        try:
            outcome = pending.kind.finish(pending.parts)
        except ValueError as unreadable:
            outcome = make_error("tws.error", f"TWS's answer cannot be read: {unreadable}")
        return self._answer(pending, outcome, now)

    def _answer(self, pending: _Pending, outcome: Any, now: int) -> list[Effect]:
        """Forget the request first: a waiter may ask again."""
        pending.is_over = True
        del self._by_call[pending.call]
        if pending.req_id is not None:
            del self._by_id[pending.req_id]
        told = [effect for then in pending.waiters for effect in then(outcome, now)]
        return [*told, *(self._next(pending, now) if pending.kind.is_single else [])]

    def _is_busy(self, wanted: _Pending) -> bool:
        return any(type(each.call) is type(wanted.call) for each in self._by_id.values())

    def _next(self, done: _Pending, now: int) -> list[Effect]:
        """The turn of the one that has waited longest."""
        alike = (each for each in self._by_call.values() if type(each.call) is type(done.call))
        following = next((each for each in alike if each.req_id is None), None)
        return self._try(following, now) if following and self._absent is None else []


def _held(wait_us: int) -> WireError:
    wait_ms = wait_us // 1000 + 1
    return make_error(
        "tws.pacing",
        f"TWS limits requests like this one; the next is free in {wait_ms / 1000:.1f} s",
        now="It was not sent to TWS, which would have refused it or ended the session.",
        retry=f"after:{wait_ms}",
    )


def _never_its_turn() -> WireError:
    text = "TWS takes one question like this at a time, and those before it took too long"
    return make_error("tws.pacing", text, now="It was not sent to TWS.")
