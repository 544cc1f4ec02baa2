"""Asks a silent TWS whether it is there, and leaves it when it does not answer: its protocol has no heartbeat."""

from __future__ import annotations

from twsbridge_server.core import calls
from twsbridge_server.core.effects import CallTws, DisconnectTws, Effect
from twsbridge_server.core.settings import CoreSettings


class KeepAlive:
    """When TWS was last heard, and whether it was asked since. Times in microseconds."""

    def __init__(self, settings: CoreSettings) -> None:
        self._settings = settings
        self._heard_us = 0
        self._asked_us: int | None = None

    def heard(self, now: int) -> None:
        """TWS has said something: it is alive."""
        self._heard_us, self._asked_us = now, None

    def due(self, now: int) -> list[Effect]:
        """Ask after a silence, end the session after too long a one."""
        if now < self.next_due():
            return []
        is_first, self._asked_us = self._asked_us is None, now
        if is_first:
            return [CallTws(calls.ReqCurrentTime())]
        return [DisconnectTws(f"TWS has been silent for {(now - self._heard_us) // 1_000_000} s")]

    def next_due(self) -> int:
        """When `due` has something to do."""
        if self._asked_us is None:
            return self._heard_us + self._settings.keepalive_us
        return self._asked_us + self._settings.silence_us
