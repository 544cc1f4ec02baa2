"""How long to wait for TWS's word that it has IB again: 1101 and 1102 may never come, and a new session tells.

Times in microseconds.
"""

from __future__ import annotations

SECOND = 1_000_000

FIRST_US = 60 * SECOND
"""After so long without 1101 or 1102 the bridge connects anew; each time in vain it waits twice as long."""

MOST_US = 1800 * SECOND

GRACE_US = 10 * SECOND
"""A data farm that is back shows that TWS reaches IB: then 1101 or 1102 is due within this time."""


class LinkPatience:
    """`is_doubted`: the bridge has connected anew without TWS's word, and has not had it since."""

    def __init__(self) -> None:
        self.is_doubted = False
        self.due_us: int | None = None
        self._since_us = 0
        self._in_vain = 0

    def begin(self, now: int) -> None:
        """TWS has lost IB; said again, nothing is put off."""
        if self.due_us is None:
            self._since_us = now
            self.due_us = now + min(FIRST_US << min(self._in_vain, 10), MOST_US)

    def farm_back(self, now: int) -> bool:
        """TWS reaches a data farm of IB: True when this is the word that a new session was made for."""
        if self.due_us is not None:
            self.due_us = min(self.due_us, now + GRACE_US)
        return self.is_doubted

    def stop(self) -> None:
        """TWS has said how it stands, or the session is gone."""
        self.due_us = None

    def proven(self) -> None:
        """Everything was compared with TWS over its link."""
        self.is_doubted, self._in_vain = False, 0

    def give_up(self, now: int) -> str:
        """Waiting is over; why, for the operator."""
        self.stop()
        self.is_doubted = True
        self._in_vain += 1
        seconds = (now - self._since_us) // SECOND
        return f"TWS lost IB {seconds} s ago and has not said since that it is back; a new session will tell"
