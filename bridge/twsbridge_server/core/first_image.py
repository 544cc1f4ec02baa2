"""A subscription of the bridge's own whose rows answer commands, once TWS has given the first complete image."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from twsbridge.protocol.errors import WireError
from twsbridge_server.core import tws_errors
from twsbridge_server.core.effects import Effect

Then = Callable[[WireError | None, int], list[Effect]]
"""Called once: with None when the rows are there, else with the reason why they are not."""


class FirstImage:
    """Who waits for an image; `is_complete` says whether it is there. `what` names it in errors."""

    def __init__(self, what: str, timeout_us: int) -> None:
        self._what = what
        self._timeout_us = timeout_us
        self.is_complete = False
        self._refusal: WireError | None = tws_errors.disconnected("not connected yet")
        self._waiting: deque[tuple[int, Then]] = deque()

    def begin(self) -> None:
        """TWS was asked for it, in a new session."""
        self.is_complete, self._refusal = False, None

    def ask(self, then: Then, now: int) -> list[Effect]:
        """Call `then` when the image is complete, at once if it is."""
        if self.is_complete or self._refusal is not None:
            return then(self._refusal, now)
        self._waiting.append((now + self._timeout_us, then))
        return []

    def complete(self, now: int) -> list[Effect]:
        """TWS says that all rows were given; it may say so twice."""
        self.is_complete, self._refusal = True, None
        return self._answer(None, now)

    def failed(self, error: WireError, now: int) -> list[Effect]:
        """TWS refuses the subscription: who waits, and who asks later, gets its reason."""
        self.is_complete, self._refusal = False, error
        return self._answer(error, now)

    def lost(self, reason: str, now: int) -> list[Effect]:
        """The session is gone."""
        self.is_complete, self._refusal = False, tws_errors.disconnected(reason)
        return self._answer(tws_errors.lost(reason), now)

    def due(self, now: int) -> list[Effect]:
        """Give up for those who have waited too long."""
        effects: list[Effect] = []
        while self._waiting and self._waiting[0][0] <= now:
            _, then = self._waiting.popleft()
            effects += then(tws_errors.timed_out(self._what, self._timeout_us), now)
        return effects

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        return self._waiting[0][0] if self._waiting else None

    def _answer(self, error: WireError | None, now: int) -> list[Effect]:
        waiting, self._waiting = self._waiting, deque()
        return [effect for _, then in waiting for effect in then(error, now)]
