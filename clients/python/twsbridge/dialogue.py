"""The dialogue with one bridge: greeting, requests in flight, life signs. No sockets: the I/O thread brings frames.

connecting -> up <-> suspected; back to connecting when the connection breaks or the silence lasts; refused is for a
key that the bridge does not know, and is tried again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from queue import SimpleQueue
from uuid import uuid4

from pydantic import ValidationError

from twsbridge.errors import BridgeError, OutcomeUnknown, exception_for, not_sent, outcome_unknown
from twsbridge.liveness import Life, Liveness
from twsbridge.pending import Pending, Request
from twsbridge.protocol.commands import Bye, Command, Hello, Ping
from twsbridge.protocol.envelope import VERSION, CommandHeader, Reply, encode_command
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.replies import Welcome

log = logging.getLogger(__name__)

LIBRARY = "twsbridge-python"
PATIENCE_AT_START = 1.0
"""Seconds for which attempts may fail before those who wait for the first welcome are told."""


class Dialogue:
    """`take` hands out the frames to send; all times are seconds of the monotonic clock."""

    def __init__(self, now: float, wall_us: Callable[[], int]) -> None:
        self.state = "connecting"
        self.trouble = "no connection yet"
        self.welcome: Welcome | None = None
        self.is_dead = False
        self._wall_us = wall_us
        self._ahead_us = 0
        self._pending = Pending()
        self._greeters: list[SimpleQueue[Welcome | BridgeError]] = []
        self._hello_id = ""
        self._liveness = Liveness(now)
        self._outgoing: list[list[bytes]] = []
        self._next_ping = 0.0
        self._failing_since: float | None = now
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

    def greet(self, greeter: SimpleQueue[Welcome | BridgeError]) -> None:
        """Somebody waits for the first welcome, or for the reason why there is none."""
        if self.is_up and self.welcome is not None:
            greeter.put(self.welcome)
        else:
            self._greeters.append(greeter)

    def connected(self, now: float) -> None:
        """There is a connection: say hello, to learn the session and to show ours."""
        self.trouble = "it accepts connections but does not answer"
        self.is_dead = False
        self._refusal = None
        self._liveness.beat(now)
        self._hello_id = self._say(Hello(protocol=[VERSION, VERSION], library=LIBRARY))

    def disconnected(self, why: str) -> None:
        """The connection broke. Reads will be sent again; the fate of orders on their way is unknown."""
        self.state, self.trouble = "connecting", why
        self._hello_id = ""
        self._outgoing.clear()
        for request in self._pending.interrupted():
            request.answer.put(unknown_fate(request, f"the connection broke ({why})"))

    def unreached(self, why: str, endpoint: str, now: float) -> None:
        """An attempt to connect failed; after a second of that, those who wait for the first welcome are told."""
        self.trouble = why
        if self._failing_since is None:
            self._failing_since = now
        if now - self._failing_since >= PATIENCE_AT_START:
            self._tell_greeters(not_sent(endpoint, now - self._failing_since, why))

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
        """Look at the silence: suspicion asks for a sign, death ends the connection (`is_dead`)."""
        if not self.is_up:
            return
        life = self._liveness.judge(now)
        if life is Life.SUSPECTED and now >= self._next_ping:
            self.state, self.trouble = "suspected", "its heartbeats do not come"
            self._next_ping = now + self._liveness.beat_s
            self._say(Ping())
        elif life is Life.DEAD:
            self.disconnected(f"silent for {self._liveness.silence(now):.0f} s")
            self.is_dead = True

    def take(self) -> list[list[bytes]]:
        """The frames to send now; they are handed out once."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    def close(self, error: BridgeError) -> None:
        """Nothing more will be sent or received: everybody who waits is told."""
        said_bye = self.is_up
        self.refused(error)
        self.state, self.trouble = "closed", str(error)
        if said_bye:
            self._say(Bye())

    def _greeted(self, reply: Reply, now: float) -> None:
        if not reply.ok:
            self.refused(_error_of(reply))
            return
        self.welcome = welcome = Welcome.model_validate(reply.body)
        self.state, self.trouble, self._failing_since = "up", "", None
        self._ahead_us = welcome.server_ts_us - self._wall_us()
        self._liveness.beat_s = max(welcome.beat_ms, 100) / 1000
        self._tell_greeters(welcome)
        self._flush(now)

    def _failed(self, request: Request, error: BridgeError, now: float) -> None:
        """A read of a session that has ended is asked again in the new one; anything else is the caller's to judge."""
        is_stale = error.code == "auth.session"
        if is_stale:
            self.state = "connecting"
            self.connected(now)
        if is_stale and request.only_reads and now < request.deadline:
            request.sent = False
            request.parts.clear()
            self._pending.add(request)
        else:
            request.answer.put(error)

    def _flush(self, now: float) -> None:
        if not self.is_up:
            return
        for request in self._pending.unsent():
            left_us = int((request.deadline - now) * 1e6)
            if left_us > 0:
                request.sent = True
                self._say(request.command, request.id, self._wall_us() + self._ahead_us + left_us)

    def _say(self, command: Command, request_id: str = "", expires_us: int | None = None) -> str:
        sid = self.welcome.sid if self.welcome and command.needs_session else ""
        header = CommandHeader(t=command.name, id=request_id or uuid4().hex, sid=sid, exp=expires_us)
        self._outgoing.append(encode_command(command, header))
        return header.id

    def _tell_greeters(self, answer: Welcome | BridgeError) -> None:
        greeters, self._greeters = self._greeters, []
        for greeter in greeters:
            greeter.put(answer)

    def _fail(self, error: BridgeError) -> None:
        self._tell_greeters(error)
        self._outgoing.clear()
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


def _error_of(reply: Reply) -> BridgeError:
    try:
        return exception_for(WireError.model_validate(reply.body))
    except ValidationError:
        text = f"an error reply that cannot be read: {str(reply.body)[:200]}"
        return exception_for(WireError(code="br.internal", outcome="unknown", retry="no", msg=text))
