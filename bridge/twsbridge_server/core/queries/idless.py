"""Requests without an id, one at a time: so an error that belongs to no request belongs to the one under way.

Equal requests wait together. TWS may forget an answer; then its deadline lets the next one pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from twsbridge.protocol.errors import WireError, make_error
from twsbridge_server.core import tws_errors
from twsbridge_server.core.effects import CallTws, Effect
from twsbridge_server.core.inputs import TwsErrorReceived
from twsbridge_server.core.notices import Kind, classify, is_read_only
from twsbridge_server.core.queries.answers import IdlessAnswer
from twsbridge_server.core.queries.questions import UnnumberedQuestion
from twsbridge_server.core.requests import Then

FAILURES = frozenset({Kind.REQUEST, Kind.CLIENT})
"""What TWS, or ibapi, says only of a request that has failed."""


class Reading(NamedTuple):
    """How long TWS has for an answer, and what is made of its parts; that may raise ValueError."""

    timeout_us: int
    finish: Callable[[list[Any]], Any]


@dataclass(slots=True)
class _Waiting:
    question: UnnumberedQuestion
    reading: Reading
    waiters: list[Then] = field(default_factory=list)


class Idless:
    """The request under way and those behind it, in the order in which they were asked."""

    def __init__(self) -> None:
        self._queue: dict[UnnumberedQuestion, _Waiting] = {}
        self._deadline_us: int | None = None
        self._absent: str | None = "not connected yet"

    def ask(self, question: UnnumberedQuestion, reading: Reading, then: Then, now: int) -> list[Effect]:
        """Ask when it has its turn, or join an equal request; `then` gets what `reading` makes of the answer."""
        if self._absent is not None:
            return then(tws_errors.disconnected(self._absent), now)
        waiting = self._queue.setdefault(question, _Waiting(question, reading))
        waiting.waiters.append(then)
        return self._next(now)

    def answered(self, said: IdlessAnswer, now: int) -> list[Effect]:
        """TWS tells something that has no id: it answers whoever waits for it, also when it comes late."""
        waiting = next((each for each in self._queue.values() if each.question.subject == said.subject), None)
        if waiting is None:
            return []
        try:
            outcome = waiting.reading.finish(list(said.parts))
        except ValueError as unreadable:
            outcome = make_error("tws.error", f"TWS's answer cannot be read: {unreadable}")
        return self._done(waiting, outcome, now)

    def error(self, said: TwsErrorReceived, now: int) -> list[Effect] | None:
        """An error without an id: that of the request under way, or None when it must be about something else."""
        if (
            self._deadline_us is None
            or classify(said.code, said.meant) not in FAILURES
            or is_read_only(said.code, said.text)
        ):
            return None
        return self._done(self._first(), tws_errors.refusal(said.code, said.text), now)

    def ready(self, now: int) -> list[Effect]:
        """There is a session to ask in."""
        self._absent = None
        return []

    def lost(self, reason: str, now: int) -> list[Effect]:
        """The session is gone: nothing that was asked will be answered."""
        self._absent = reason
        waiting, self._queue, self._deadline_us = list(self._queue.values()), {}, None
        error = tws_errors.lost(reason)
        return [effect for each in waiting for then in each.waiters for effect in then(error, now)]

    def due(self, now: int) -> list[Effect]:
        """Give up what TWS does not answer, and ask the next."""
        if self._deadline_us is None or self._deadline_us > now:
            return []
        first = self._first()
        return self._done(first, tws_errors.timed_out(first.question.subject, first.reading.timeout_us), now)

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        return self._deadline_us

    def _first(self) -> _Waiting:
        return next(iter(self._queue.values()))

    def _next(self, now: int) -> list[Effect]:
        if self._deadline_us is not None or not self._queue:
            return []
        first = self._first()
        self._deadline_us = now + first.reading.timeout_us
        return [CallTws(first.question)]

    def _done(self, waiting: _Waiting, outcome: Any | WireError, now: int) -> list[Effect]:
        """Forget it first: a waiter may ask again."""
        if waiting is self._first():
            self._deadline_us = None
        del self._queue[waiting.question]
        following = self._next(now)
        return [*following, *(effect for then in waiting.waiters for effect in then(outcome, now))]
