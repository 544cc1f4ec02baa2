"""Whether TWS's "there is none" can be believed: around an outage it also says so of what there is."""

from __future__ import annotations

from twsbridge_server.core.session import READY, Session

CALM_US = 60 * 1_000_000
"""So long after the last sign of trouble; and so old may a "none" become."""


class Calm:
    """Remembers the last trouble of a session, and knows its present state."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._troubled_us = 0

    def troubled(self, now: int) -> None:
        """There is trouble, or there was until now: a new connection, a link or a farm, an answer that never came."""
        self._troubled_us = now

    def lasts(self, now: int) -> bool:
        """True when all is well, and has been for a minute."""
        session = self._session
        if session.state != READY or "broken" in session.farms.values():
            self._troubled_us = now
        return now - self._troubled_us >= CALM_US
