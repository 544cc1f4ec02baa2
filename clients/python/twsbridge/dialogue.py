"""The dialogue with one bridge: greeting, requests in flight, life signs. No sockets: the I/O thread brings frames.

connecting -> up <-> suspected; back to connecting when the connection breaks or the silence lasts; refused is for a
key that the bridge does not know, and is tried again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from pydantic import ValidationError

from twsbridge.courier import Courier
from twsbridge.errors import BridgeError, OutcomeUnknown, exception_for, outcome_unknown
from twsbridge.greeters import Greeter, Greeters
from twsbridge.liveness import Life, Liveness
from twsbridge.pending import Pending, Request
from twsbridge.protocol.commands import Bye, Hello, Ping
from twsbridge.protocol.envelope import VERSION, Reply
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.replies import Welcome

log = logging.getLogger(__name__)

LIBRARY = "twsbridge-python"
GREETING = Hello(protocol=[VERSION, VERSION], library=LIBRARY)

LONGEST_SILENCE_S = 1.0
"""A process with a dead-man switch gives a sign of life at least so often, and four times within its grace."""

TOO_FAST = ("req.rate", "req.inflight")
"""Refusals that only say: later. Nothing was done, so the command is sent again when the bridge says."""


class Dialogue:
    """`courier` hands out the frames to send; all times are seconds of the monotonic clock.

    `hello` says what becomes of our orders when we are gone; unless they just stay, life signs go out by themselves.
    """

    def __init__(self, now: float, clock_us: Callable[[], int], hello: Hello = GREETING) -> None:
        self.state = "connecting"
        self.trouble = "no connection yet"
        self.welcome: Welcome | None = None
        self.is_dead = False
        self.courier = Courier(clock_us)
        self._hello = hello
        self._next_sign = now
        self._greeters = Greeters(now)
        self._pending = Pending()
        self._liveness = Liveness(now)
        self._hello_id: str | None = None
        self._next_ping = 0.0
        self._refusal: BridgeError | None = None

    @property
    def is_up(self) -> bool:
        """True when commands leave at once."""
        return self.state in ("up", "suspected")

    def submit(self, request: Request, now: float) -> None:
        """A request of a caller: it leaves at once, or as soon as the bridge has greeted us."""
        if self._refusal is not None:
            request.answer.put(self._refusal)
            return
        self._pending.add(request)
        self._flush(now)

    def forget(self, request_id: str) -> None:
        """The caller waits no longer."""
        self._pending.forget(request_id)

    def greet(self, greeter: Greeter) -> None:
        """Somebody waits for the first welcome, or for the reason why there is none."""
        if self.is_up and self.welcome is not None:
            greeter.put(self.welcome)
        else:
            self._greeters.add(greeter)

    def connected(self, now: float) -> None:
        """There is a connection: say hello, to learn the session and to show ours."""
        self.trouble = "it accepts connections but does not answer"
        self.is_dead = False
        self._refusal = None
        self._liveness.beat(now)
        self._hello_id = self.courier.say(self._hello)

    def disconnected(self, why: str) -> None:
        """The connection broke. Reads will be sent again; the fate of orders on their way is unknown."""
        self.state, self.trouble = "connecting", why
        self._hello_id = None
        self.courier.take()
        for request in self._pending.interrupted():
            request.answer.put(unknown_fate(request, f"the connection broke ({why})"))

    def unreached(self, why: str, endpoint: str, now: float) -> None:
        """An attempt to connect failed; after a second of that, those who wait for a welcome are told."""
        self.trouble = why
        self._greeters.failed(why, endpoint, now)

    def refused(self, error: BridgeError) -> None:
        """The bridge does not know our key: everybody who waits is told."""
        self.state, self.trouble = "refused", "the bridge refuses this key"
        self._refusal = error
        self._fail(error)

    def replied(self, reply: Reply, now: float) -> None:
        """A reply has come: to the greeting, or to a request."""
        self._liveness.sign(now)
        if reply.request_id == self._hello_id:
            self._greeted(reply, now)
            return
        done = self._pending.accept(reply)
        if done is None:
            return
        request, whole = done
        if whole.ok:
            request.answer.put(whole.body)
        else:
            self._failed(request, _error_of(whole), now)

    def beat(self, sid: str, now: float) -> None:
        """A heartbeat: the bridge lives; another sid means that it has restarted, so greet it again."""
        self._liveness.beat(now)
        if self.state == "suspected":
            self.state, self.trouble = "up", ""
        if self.state == "up" and self.welcome is not None and sid != self.welcome.sid:
            self.disconnected("the bridge has restarted")
            self.connected(now)

    def due(self, now: float) -> None:
        """Send what had to wait; look at the silence: suspicion asks for a sign, death ends the connection."""
        if not self.is_up:
            return
        self._give_sign(now)
        self._flush(now)
        life = self._liveness.judge(now)
        if life is Life.SUSPECTED and now >= self._next_ping:
            self.state, self.trouble = "suspected", "its heartbeats do not come"
            self._next_ping = now + self._liveness.beat_s
            self.courier.say(Ping())
        elif life is Life.DEAD:
            self.disconnected(f"silent for {self._liveness.silence(now):.0f} s")
            self.is_dead = True

    def close(self, error: BridgeError) -> None:
        """Nothing more will be sent or received: everybody who waits is told.

        With a dead-man switch there is no goodbye here: it is the program's own word, given before.
        """
        said_bye = self.is_up and not self._holds_lease
        self.refused(error)
        self.state, self.trouble = "closed", str(error)
        if said_bye:
            self.courier.say(Bye())

    @property
    def _holds_lease(self) -> bool:
        return self._hello.on_death != "keep"

    def _give_sign(self, now: float) -> None:
        if self._holds_lease and now >= self._next_sign:
            self._next_sign = now + min(LONGEST_SILENCE_S, self._hello.grace_ms / 4000)
            self.courier.say(Ping())

    def _greeted(self, reply: Reply, now: float) -> None:
        if not reply.ok:
            self.refused(_error_of(reply))
            return
        self.welcome = welcome = Welcome.model_validate(reply.body)
        self.state, self.trouble = "up", ""
        self.courier.open(welcome)
        self._liveness.beat_s = max(welcome.beat_ms, 100) / 1000
        self._greeters.tell(welcome)
        self._flush(now)

    def _failed(self, request: Request, error: BridgeError, now: float) -> None:
        """A read of a session that has ended is asked again in the new one, and what came too fast a little later.

        Anything else is the caller's to judge.
        """
        if error.code in TOO_FAST and now + (wait_s := _wait_s(error)) < request.deadline:
            request.not_before = now + wait_s
            self._again(request)
            return
        is_stale = error.code == "auth.session"
        if is_stale:
            self.state = "connecting"
            self.connected(now)
        if is_stale and request.only_reads and now < request.deadline:
            self._again(request)
        else:
            request.answer.put(error)

    def _again(self, request: Request) -> None:
        request.sent = False
        request.parts.clear()
        self._pending.add(request)

    def _flush(self, now: float) -> None:
        if not self.is_up:
            return
        for request in self._pending.unsent(now):
            left_us = int((request.deadline - now) * 1e6)
            if left_us > 0:
                request.sent = True
                self.courier.say(request.command, request.id, left_us)

    def _fail(self, error: BridgeError) -> None:
        self._greeters.tell(error)
        self.courier.take()
        for request in self._pending:
            request.answer.put(error)
            self._pending.forget(request.id)


def unknown_fate(request: Request, why: str) -> OutcomeUnknown:
    """The error for an order command that was sent and whose answer is lost."""
    fields = request.command.wire()
    return outcome_unknown(
        request.command.name,
        why,
        client_order_id=fields.get("client_order_id"),
        order_id=fields.get("order_id"),
    )


def _wait_s(error: BridgeError) -> float:
    after, _, milliseconds = error.retry.partition(":")
    return int(milliseconds) / 1000 if after == "after" and milliseconds.isdecimal() else 1.0


def _error_of(reply: Reply) -> BridgeError:
    try:
        return exception_for(WireError.model_validate(reply.body))
    except ValidationError:
        text = f"an error reply that cannot be read: {str(reply.body)[:200]}"
        return exception_for(WireError(code="br.internal", outcome="unknown", retry="no", msg=text))
