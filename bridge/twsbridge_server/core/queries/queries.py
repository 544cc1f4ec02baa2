"""Carries out the commands of the table: resolve the contract, ask or join who asks, answer, keep what holds."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from twsbridge.protocol.command import Command
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.fields import WireModel
from twsbridge.protocol.models import ContractDetails
from twsbridge_server.core.answers import answer, fail
from twsbridge_server.core.contract_cache import is_today
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.inputs import CommandReceived, TwsErrorReceived
from twsbridge_server.core.queries.idless import Idless, Reading
from twsbridge_server.core.queries.questions import AnyQuestion, CancelQuestion, IdlessQuestion, NumberedQuestion
from twsbridge_server.core.queries.table import QUERIES, Query, refusal
from twsbridge_server.core.requests import Gate, RequestKind, Requests, Then
from twsbridge_server.core.settings import CoreSettings

MAX_KEPT = 1024


class Spaced:
    """A gate that opens once in so many microseconds."""

    def __init__(self, span_us: int) -> None:
        self._span_us = span_us
        self._next_us = 0

    def free_at(self, call: Any, now: int) -> int:
        """The instant from which this may be asked."""
        return self._next_us

    def passed(self, call: Any, now: int) -> None:
        """It is asked now."""
        self._next_us = now + self._span_us


class _Asking(NamedTuple):
    """One command on its way: its row, the details of its contract where it has one, and its question."""

    asked: CommandReceived
    query: Query
    match: ContractDetails | None
    question: AnyQuestion


class Queries:
    """One-shot questions, shared by equal commands; static answers are kept for the session, and no longer than a day.

    An answer without rows is not kept: TWS also gives it when it has lost its sources.
    """

    def __init__(self, settings: CoreSettings, contracts: Contracts, requests: Requests, history_gate: Gate) -> None:
        self._settings = settings
        self._contracts = contracts
        self._requests = requests
        self._kept: dict[AnyQuestion, tuple[int, WireModel]] = {}
        self._gates: dict[type[Command], Gate] = {
            command: Spaced(query.spaced_us) if query.spaced_us else history_gate
            for command, query in QUERIES.items()
            if query.spaced_us or query.is_paced
        }
        self.idless = Idless()

    def carry_out(self, asked: CommandReceived, command: Any, now: int) -> list[Effect]:
        """Answer any command of the table."""
        query = QUERIES[type(command)]
        if contract := getattr(command, "contract", None):
            return self._contracts.resolve(contract, partial(self._resolved, asked, query), now)
        return self._resolved(asked, query, None, now)

    def ready(self, now: int) -> list[Effect]:
        """A new session: what held in the last one may not hold in this."""
        self._kept = {}
        return self.idless.ready(now)

    def lost(self, reason: str, now: int) -> list[Effect]:
        """The session is gone; questions with an id are `Requests`' own."""
        return self.idless.lost(reason, now)

    def error(self, said: TwsErrorReceived, now: int) -> list[Effect] | None:
        """Errors with an id are never of those without."""
        return None

    def due(self, now: int) -> list[Effect]:
        """Give up what TWS does not answer."""
        return self.idless.due(now)

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        return self.idless.next_due()

    def _resolved(
        self, asked: CommandReceived, query: Query, match: ContractDetails | WireError | None, now: int
    ) -> list[Effect]:
        if isinstance(match, WireError):
            return [fail(asked, match)]
        asking = _Asking(asked, query, match, query.ask(asked.command, match))
        kept_us, kept = self._kept.get(asking.question, (0, None))
        if kept is not None and is_today(kept_us, now):
            return self._told(asking, kept, now)
        first = query.first
        if first is None or first in self._kept:
            return self._ask(asking, asking.question, partial(self._told, asking), now)
        return self._ask(asking, first, partial(self._prepared, asking, first), now)

    def _prepared(
        self, asking: _Asking, first: NumberedQuestion, outcome: WireModel | WireError, now: int
    ) -> list[Effect]:
        if isinstance(outcome, WireError):
            return self._told(asking, outcome, now)
        self._keep(first, outcome, now)
        return self._ask(asking, asking.question, partial(self._told, asking), now)

    def _ask(self, asking: _Asking, question: AnyQuestion, then: Then, now: int) -> list[Effect]:
        query, settings = asking.query, self._settings
        timeout_us = settings.history_timeout_us if query.is_slow else settings.request_timeout_us
        finish = partial(query.finish, question)
        if isinstance(question, IdlessQuestion):
            return self.idless.ask(question, Reading(timeout_us, finish), then, now)
        cancel = partial(CancelQuestion, of=type(question)) if query.has_cancel else None
        gate = self._gates.get(type(asking.asked.command))
        is_single = query.is_single and question != query.first
        return self._requests.ask(
            RequestKind(timeout_us, cancel, finish, refusal, gate, is_single), question, then, now
        )

    def _told(self, asking: _Asking, outcome: WireModel | WireError, now: int) -> list[Effect]:
        asked, query, match, question = asking
        if isinstance(outcome, WireError):
            return [fail(asked, outcome)]
        if query.is_kept and getattr(outcome, "rows", True):
            self._keep(question, outcome, now)
        body = query.shown(outcome, asked.client.rights)
        if match is not None:
            known = {"contract": match.contract, "tz": match.time_zone_id}
            body = body.model_copy(update={name: known[name] for name in known if name in type(body).model_fields})
        return [answer(asked, body)]

    def _keep(self, question: AnyQuestion, reply: WireModel, now: int) -> None:
        if question in self._kept and is_today(self._kept[question][0], now):
            return
        if len(self._kept) >= MAX_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[question] = (now, reply)
