"""Those who wait for the bridge's first welcome, and how long they are left without a word. No clock of its own."""

from __future__ import annotations

from queue import SimpleQueue

from twsbridge.errors import BridgeError, not_sent
from twsbridge.protocol.replies import Welcome

Greeter = SimpleQueue[Welcome | BridgeError]
"""Where somebody waits for a welcome, or for the reason why there is none."""

PATIENCE_S = 1.0
"""Attempts to connect may fail for so long before those who wait are told."""
ATTEMPTS = 3
"""And so often: on a busy machine a handshake may take too long once, and that says nothing of the key."""


class Greeters:
    """Told once, with the welcome or with an error. `now` is when the first attempt to connect began."""

    def __init__(self, now: float) -> None:
        self._waiting: list[Greeter] = []
        self._failing_since: float | None = now
        self._failures = 0

    def add(self, greeter: Greeter) -> None:
        """One more who waits."""
        self._waiting.append(greeter)

    def tell(self, answer: Welcome | BridgeError) -> None:
        """All that wait get this answer."""
        waiting, self._waiting = self._waiting, []
        for greeter in waiting:
            greeter.put(answer)
        if isinstance(answer, Welcome):
            self._failing_since, self._failures = None, 0

    def failed(self, why: str, endpoint: str, now: float) -> None:
        """One more attempt to connect has failed."""
        if self._failing_since is None:
            self._failing_since = now
        seconds = now - self._failing_since
        self._failures += 1
        if seconds >= PATIENCE_S and self._failures >= ATTEMPTS:
            self.tell(not_sent(endpoint, seconds, why))
