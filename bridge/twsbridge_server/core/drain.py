"""Going down on purpose: nothing new is begun, what is under way gets a little time, and everybody is answered."""

from __future__ import annotations

from twsbridge.protocol import topics
from twsbridge.protocol.errors import make_error
from twsbridge.protocol.events import Bye, SessionChanged
from twsbridge.protocol.models import DONE
from twsbridge_server.core.effects import Effect, Log, Stop
from twsbridge_server.core.inputs import DrainAsked
from twsbridge_server.core.parts import Parts
from twsbridge_server.core.permits import DRAINING

REASON = "The bridge is shutting down"


class Drain:
    """From the wish to stop to the last word. Orders at TWS keep working; the next start compares them with TWS."""

    def __init__(self, parts: Parts, window_us: int) -> None:
        self._parts = parts
        self._window_us = window_us
        self._until_us: int | None = None
        self._has_ended = False

    def asked(self, said: DrainAsked, now: int) -> list[Effect]:
        """Refuse orders and take back those that wait for their turn; asked once more, wait for nothing."""
        if self._until_us is not None:
            self._until_us = now
            return []
        parts = self._parts
        self._until_us = now + self._window_us
        parts.session.is_draining = True
        said_so = parts.sequencer.event(topics.SYSTEM, SessionChanged(state=DRAINING, reason=REASON), now)
        refusal = make_error("br.draining", REASON, now="It was never sent to TWS and will not be.")
        return [*said_so, *parts.placements.unsent(parts.pacing.withdraw(), refusal, now)]

    def due(self, now: int) -> list[Effect]:
        """The last words, once nothing is under way or the time is over."""
        if self._until_us is None or self._has_ended or (now < self._until_us and self._is_busy()):
            return []
        self._has_ended = True
        parts = self._parts
        effects = parts.order_commands.waiters.stop(REASON)
        effects += [effect for part in parts.waiting for effect in part.lost(REASON, now)]
        effects += parts.sequencer.last(topics.SYSTEM, lambda heads: Bye(heads=heads), now)
        open_ends = self._open_ends()
        told = f"; TWS has not answered what was sent for {open_ends} orders" if open_ends else ""
        return [*effects, parts.clients.heartbeat(now), Log("info", f"everything is said{told}"), Stop()]

    def next_due(self) -> int | None:
        """When `due` has something to do, whatever happens until then."""
        return None if self._has_ended else self._until_us

    def _is_busy(self) -> bool:
        """TWS may still say something that somebody waits for, or that settles an order."""
        is_awaited = len(self._parts.order_commands.waiters) > 0
        return self._parts.session.is_up and (is_awaited or self._open_ends() > 0)

    def _open_ends(self) -> int:
        """Orders sent moments ago that TWS has not acknowledged, and those whose cancel it has not answered."""
        cancelling = (r for r in self._parts.orders if r.cancel_sent_us is not None and r.state.status not in DONE)
        return self._parts.placements.unheard + sum(1 for _ in cancelling)
