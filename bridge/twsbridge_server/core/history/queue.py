"""Requests for history wait for their turn: people before bulk downloads, clients in rotation, within TWS's limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from twsbridge_server.core.calls import ReqHistoricalData
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.history.pacing import HistoryPacing
from twsbridge_server.core.requests import RequestKind, Requests, Then

MOST_OPEN_BULK = 8
PAUSE_US = 20_000_000
"""After a pacing violation, which only requests of somebody else in this login can bring about."""


@dataclass(frozen=True, slots=True)
class Turn:
    """For whom something is asked."""

    client: str
    is_bulk: bool = False


@dataclass(eq=False, slots=True)
class _Waiting:
    turn: Turn
    kind: RequestKind
    call: ReqHistoricalData
    then: Then


@dataclass(slots=True)
class _Open:
    bulk: int = 0
    served: dict[str, int] = field(default_factory=dict)
    """Client -> the number of its last turn."""


class HistoryQueue:
    """What waits, and how much is open at TWS. `then` of each gets the outcome as from Requests."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self.pacing = HistoryPacing()
        self._waiting: list[_Waiting] = []
        self._open = _Open()
        self._turns = 0
        self._paused_until = 0
        self._now = 0

    def ask(self, turn: Turn, kind: RequestKind, call: ReqHistoricalData, then: Then, now: int) -> list[Effect]:
        """Ask as soon as TWS allows and it is this client's turn."""
        self._waiting.append(_Waiting(turn, kind, call, then))
        return self.due(now)

    def withdraw(self, call: ReqHistoricalData) -> bool:
        """Forget a request that waits; False when it is at TWS already."""
        before = len(self._waiting)
        self._waiting = [each for each in self._waiting if each.call != call]
        return len(self._waiting) < before

    def violated(self, now: int) -> None:
        """TWS spoke of a pacing violation: ask nothing for a while."""
        self._paused_until = now + PAUSE_US

    def lost(self) -> None:
        """The session is gone: what waits is forgotten; its owner tells those who asked."""
        self._waiting.clear()

    def due(self, now: int) -> list[Effect]:
        """Ask what may be asked now."""
        self._now = now
        effects: list[Effect] = []
        while chosen := self._chosen(now):
            effects += self._send(chosen, now)
        return effects

    def next_due(self) -> int | None:
        """When the next request may be asked, as far as that depends on time."""
        if self.pacing.is_full:
            return None
        return min(
            (self._free_at(each, self._now) for each in self._waiting if self._has_room(each.turn)), default=None
        )

    def _chosen(self, now: int) -> _Waiting | None:
        if now < self._paused_until:
            return None
        free = (each for each in self._waiting if self._has_room(each.turn) and self._free_at(each, now) <= now)
        return min(free, key=self._rank, default=None)

    def _rank(self, waiting: _Waiting) -> tuple[bool, int]:
        """Interactive first; then whose last turn is longest ago. Of equals the first that came."""
        return waiting.turn.is_bulk, self._open.served.get(waiting.turn.client, 0)

    def _has_room(self, turn: Turn) -> bool:
        return not self.pacing.is_full and (not turn.is_bulk or self._open.bulk < MOST_OPEN_BULK)

    def _free_at(self, waiting: _Waiting, now: int) -> int:
        return max(self._paused_until, self.pacing.free_at(waiting.call, now, waiting.turn.is_bulk))

    def _send(self, chosen: _Waiting, now: int) -> list[Effect]:
        self._waiting.remove(chosen)
        self.pacing.passed(chosen.call, now)
        self._turns += 1
        self._open.served[chosen.turn.client] = self._turns
        self.pacing.open_requests += 1
        self._open.bulk += chosen.turn.is_bulk
        return self._requests.ask(chosen.kind, chosen.call, partial(self._answered, chosen), now)

    def _answered(self, chosen: _Waiting, outcome: Any, now: int) -> list[Effect]:
        self.pacing.open_requests -= 1
        self._open.bulk -= chosen.turn.is_bulk
        return [*chosen.then(outcome, now), *self.due(now)]
