"""How many messages a client may send in a second, and what becomes of those beyond."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from twssim.requests import Request

if TYPE_CHECKING:
    from twssim.session import Session

TOO_FAST = "Max rate of messages per second has been exceeded"
STRIKES = 3


class MessagePacing:
    """Messages beyond so many in a second get error 100 and no answer; the last strike ends the connection.

    A client that has connected with +PACEAPI is answered later instead. Seconds are simulated ones.
    """

    def __init__(self, per_second: int, strikes: int = STRIKES) -> None:
        """Nobody has sent anything."""
        self._per_second, self._strikes = per_second, strikes
        self._times: dict[int, deque[float]] = {}
        self._struck: dict[int, int] = {}

    def ask(self, session: Session, request: Request, proceed: Callable[[], None]) -> None:
        """Let a request be answered now, later, or not at all."""
        now, recent = session.gateway.now, self._times.setdefault(id(session), deque())
        while recent and recent[0] <= now - 1.0:
            recent.popleft()
        if len(recent) < self._per_second:
            recent.append(now)
            proceed()
        elif session.wants_pacing:
            recent.append(recent[-self._per_second] + 1.0)
            session.gateway.scheduler.after(recent[-1] - now, proceed)
        else:
            self._strike(session)

    def forget(self, session: Session) -> None:
        """A connection has ended."""
        self._times.pop(id(session), None)
        self._struck.pop(id(session), None)

    def _strike(self, session: Session) -> None:
        self._struck[id(session)] = self._struck.get(id(session), 0) + 1
        session.error(-1, 100, TOO_FAST)
        if self._struck[id(session)] >= self._strikes:
            session.close()
