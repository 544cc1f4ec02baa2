"""Proof of life: TWS's protocol has no heartbeat, and one that sends data may have stopped to answer.

Whatever TWS says ends a silence; only an answer to a question proves that it reads and works.
"""

from __future__ import annotations

from twsbridge_server.core import calls
from twsbridge_server.core.effects import CallTws, DisconnectTws, Effect
from twsbridge_server.core.settings import CoreSettings


class KeepAlive:
    """When TWS was last heard, when it last answered, and what it was asked since. Times in microseconds."""

    def __init__(self, settings: CoreSettings) -> None:
        self._settings = settings
        self.heard_us = 0
        self._answered_us = 0
        self._asked_us: int | None = None

    def begin(self, now: int) -> None:
        """A new connection: nothing is owed."""
        self.heard_us = self._answered_us = now
        self._asked_us = None

    def heard(self, now: int) -> None:
        """TWS has said something."""
        self.heard_us = now

    def answered(self, now: int) -> None:
        """TWS has answered the question: it reads what it is sent."""
        self.begin(now)

    def due(self, now: int) -> list[Effect]:
        """Ask after a silence, and now and then; end the session when no answer comes."""
        if now < self.next_due():
            return []
        asked, self._asked_us = self._asked_us, now
        if asked is None:
            return [CallTws(calls.ReqCurrentTime())]
        if self.heard_us > asked:
            text = f"TWS sends data but has answered no question for {(now - asked) // 1_000_000} s"
        else:
            text = f"TWS has been silent for {(now - self.heard_us) // 1_000_000} s"
        return [DisconnectTws(text)]

    def next_due(self) -> int:
        """When `due` has something to do."""
        settings = self._settings
        if self._asked_us is None:
            return min(self.heard_us + settings.keepalive_us, self._answered_us + settings.proof_us)
        is_silent = self.heard_us <= self._asked_us
        return self._asked_us + (settings.silence_us if is_silent else settings.unanswered_us)
