"""Going down on purpose: nothing new is begun, what is under way gets a little time, and everybody is answered."""

from __future__ import annotations

from dataclasses import dataclass, replace

from twsbridge.protocol import topics
from twsbridge.protocol.drain import Drain as DrainCommand
from twsbridge.protocol.drain import DrainReply
from twsbridge.protocol.errors import make_error
from twsbridge.protocol.events import Bye, SessionChanged
from twsbridge.protocol.models import DONE
from twsbridge_server.core.answers import answer
from twsbridge_server.core.effects import Effect, Log, Stop
from twsbridge_server.core.inputs import CommandReceived, DrainAsked
from twsbridge_server.core.parts import Parts
from twsbridge_server.core.permits import DRAINING

REASON = "The bridge is shutting down"


@dataclass(frozen=True, slots=True)
class Wish:
    """The bridge is to stop by `until_us`; `expect_back_s` is for those who will miss it."""

    until_us: int
    reason: str = ""
    expect_back_s: int | None = None


class Drain:
    """From the wish to stop to the last word. Orders at TWS keep working; the next start compares them with TWS."""

    def __init__(self, parts: Parts, window_us: int) -> None:
        self._parts = parts
        self._window_us = window_us
        self.wish: Wish | None = None
        self._has_operator_asked = False
        self._has_ended = False

    def asked(self, said: DrainAsked, now: int) -> list[Effect]:
        """The operator's first word gives what is under way its time, a second one none."""
        window_us = 0 if self._has_operator_asked else self._window_us
        self._has_operator_asked = True
        return self._begin(Wish(now + window_us), now)

    def drain(self, asked: CommandReceived, command: DrainCommand, now: int) -> list[Effect]:
        """The same on an admin's word, answered at once; the answer says how long it may take."""
        window_us = self._window_us if command.window_ms is None else command.window_ms * 1000
        wish = Wish(now + window_us, command.reason, command.expect_back_s)
        effects = self._begin(wish, now)
        ends_us = min(wish.until_us, self.wish.until_us if self.wish else now)
        return [*effects, answer(asked, DrainReply(ends_us=ends_us, waits_for=self._open_ends()))]

    def go_on(self, wish: Wish) -> None:
        """The memory before this one was going down already."""
        self.wish = wish
        self._parts.session.is_draining = True

    def _begin(self, wish: Wish, now: int) -> list[Effect]:
        """Refuse orders and take back those that wait for their turn; said again, the earlier end counts."""
        if self.wish is not None:
            self.wish = replace(self.wish, until_us=min(self.wish.until_us, wish.until_us))
            return []
        self.go_on(wish)
        parts = self._parts
        reason = f"{REASON}: {wish.reason}" if wish.reason else REASON
        said_so = parts.sequencer.event(topics.SYSTEM, SessionChanged(state=DRAINING, reason=reason), now)
        refusal = make_error("br.draining", REASON, now="It was never sent to TWS and will not be.")
        return [*said_so, *parts.placements.unsent(parts.pacing.withdraw(), refusal, now)]

    def due(self, now: int) -> list[Effect]:
        """The last words, once nothing is under way or the time is over."""
        wish = self.wish
        if wish is None or self._has_ended or (now < wish.until_us and self._is_busy()):
            return []
        self._has_ended = True
        parts = self._parts
        effects = parts.order_commands.waiters.stop(REASON)
        effects += [effect for part in parts.waiting for effect in part.lost(REASON, now)]
        back = wish.expect_back_s
        effects += parts.sequencer.last(topics.SYSTEM, lambda heads: Bye(expect_back_s=back, heads=heads), now)
        open_ends = self._open_ends()
        told = f"; TWS has not answered what was sent for {open_ends} orders" if open_ends else ""
        return [*effects, parts.clients.heartbeat(now), Log("info", f"everything is said{told}"), Stop()]

    def next_due(self) -> int | None:
        """When `due` has something to do, whatever happens until then."""
        return None if self._has_ended or self.wish is None else self.wish.until_us

    def _is_busy(self) -> bool:
        """TWS may still say something that somebody waits for, or that settles an order."""
        is_awaited = len(self._parts.order_commands.waiters) > 0
        return self._parts.session.is_up and (is_awaited or self._open_ends() > 0)

    def _open_ends(self) -> int:
        """Orders sent moments ago that TWS has not acknowledged, and those whose cancel it has not answered."""
        cancelling = (r for r in self._parts.orders if r.cancel_sent_us is not None and r.state.status not in DONE)
        return self._parts.placements.unheard + sum(1 for _ in cancelling)
