"""A bridge of real sockets in a thread of the test: CURVE, hello, beats, barriers, replay; everything else scripted.

What it should answer stands in `answers`; it can be silent, lose events, restart under another sid, lose its history.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import zmq
from zmq.auth.thread import ThreadAuthenticator

from tests.ports import kept_port
from twsbridge.protocol import envelope, topics
from twsbridge.protocol.commands import Command, GetReplay, Hello
from twsbridge.protocol.errors import BridgeError, exception_for, make_error
from twsbridge.protocol.fields import WireModel
from twsbridge.protocol.models import Contract, Order, OrderState
from twsbridge.protocol.replies import Head, Pong, Replay, Welcome

ACCOUNT = "DU1234567"
BEAT_S = 0.1
DOMAIN = "fake"
ORDERS = topics.orders(ACCOUNT)

Answer = Callable[[Any], WireModel | list[dict[str, Any]] | None]
"""Gets a command; gives a reply, the bodies of a reply in parts, or None: no reply ever. A BridgeError is sent."""


class Keys:
    """The keys of a bridge and of its one client."""

    def __init__(self) -> None:
        self.server = zmq.curve_keypair()
        self.client = zmq.curve_keypair()


class FakeBridge:
    """Runs from the constructor to `close`. Attributes may be changed while it runs."""

    def __init__(
        self, keys: Keys | None = None, *, sid: str = "run-1", ports: tuple[int, int, int] | None = None
    ) -> None:
        self.keys = keys or Keys()
        self.sid = sid
        self.epoch = "epoch-1"
        self.accounts = [ACCOUNT]
        self.journal: dict[str, list[envelope.EventFrame]] = {}
        self.answers: dict[str, Answer] = {}
        self.received: list[Command] = []
        self.subscribed: list[str] = []
        self.unsubscribed: list[str] = []
        self.on_line: Callable[[str], None] = lambda topic: None
        self.is_silent = False
        self.is_beating = True
        self._jobs: deque[Callable[[], None]] = deque()
        self._is_stopping = False
        self._context = zmq.Context()
        self._authenticator = ThreadAuthenticator(self._context)
        self._authenticator.start()
        self._authenticator.configure_curve_callback(DOMAIN, self)
        self.ports = ports or (kept_port(), kept_port(), kept_port())
        self.cmd = self._socket(zmq.ROUTER, self.ports[0])
        self.evt = self._socket(zmq.XPUB, self.ports[1])
        self.md = self._socket(zmq.XPUB, self.ports[2])
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def callback(self, domain: str, key: bytes) -> bool:
        """Asked by the authenticator about every new connection."""
        return key == self.keys.client[0]

    @property
    def connection(self) -> dict[str, Any]:
        """What would stand in the connection file."""
        cmd, evt, md = (f"tcp://127.0.0.1:{port}" for port in self.ports)
        public, secret = (key.decode() for key in self.keys.client)
        keys = {"server_key": self.keys.server[0].decode(), "public_key": public, "secret_key": secret}
        return {"version": 1, "name": "tester", "cmd": cmd, "evt": evt, "md": md, **keys}

    def names(self) -> list[str]:
        """The commands that came, by name, without greetings and signs of life."""
        return [command.name for command in self.received if command.name not in ("hello", "ping", "bye")]

    def publish(self, stream: str, kind: str, body: dict[str, Any], *, lost: bool = False) -> int:
        """Write an event into the journal and, unless it gets lost on the way, publish it. Returns its seq."""
        events = self.journal.setdefault(stream, [])
        event = envelope.EventFrame(stream, self.epoch, len(events) + 1, kind, time.time_ns() // 1000, 0, body)
        events.append(event)
        if not lost:
            self.do(lambda: self.evt.send_multipart(envelope.encode_event(event)))
        return event.seq

    def say_again(self, stream: str, seq: int) -> None:
        """Publish an event of the journal once more."""
        frames = envelope.encode_event(self.journal[stream][seq - 1])
        self.do(lambda: self.evt.send_multipart(frames))

    def ticks(self, topic: str, kind: str, n: int, body: Any) -> None:
        """Publish a frame of market data."""
        frame = envelope.encode_ticks(topic.encode(), kind, n, time.time_ns() // 1000, body)
        self.do(lambda: self.md.send(frame))

    def do(self, job: Callable[[], None]) -> None:
        """Have the bridge's thread do something."""
        self._jobs.append(job)

    def heads(self) -> dict[str, Head]:
        """How far the streams reach."""
        return {
            stream: Head(epoch=self.epoch, first=1, next=len(events) + 1) for stream, events in self.journal.items()
        }

    def lose_history(self, epoch: str) -> None:
        """Begin a new journal."""
        self.journal, self.epoch = {}, epoch

    def close(self) -> None:
        """Go away, as a killed process does."""
        if not self._is_stopping:
            self._is_stopping = True
            self._thread.join()
            self._authenticator.stop()
            self._context.destroy(linger=0)

    def restarted(self, sid: str = "run-2") -> FakeBridge:
        """Another run with the same keys, ports, answers and journal."""
        self.close()
        other = FakeBridge(self.keys, sid=sid, ports=self.ports)
        other.answers, other.journal, other.epoch = self.answers, self.journal, self.epoch
        return other

    def _socket(self, kind: int, port: int) -> zmq.Socket[bytes]:
        socket = self._context.socket(kind)
        socket.linger = 0
        socket.sndhwm = socket.rcvhwm = 0
        socket.curve_server = True
        socket.curve_secretkey = self.keys.server[1]
        socket.zap_domain = DOMAIN.encode()
        if kind == zmq.XPUB:
            socket.setsockopt(zmq.XPUB_VERBOSER, 1)
        socket.bind(f"tcp://127.0.0.1:{port}")
        return socket

    def _run(self) -> None:
        poller = zmq.Poller()
        for socket in (self.cmd, self.evt, self.md):
            poller.register(socket, zmq.POLLIN)
        next_beat = 0.0
        while not self._is_stopping:
            ready = dict(poller.poll(2))
            while self._jobs:
                self._jobs.popleft()()
            if not self.is_silent:
                self._listen(ready)
            if self.is_beating and not self.is_silent and time.monotonic() >= next_beat:
                next_beat = time.monotonic() + BEAT_S
                self._say(topics.HEARTBEAT, "heartbeat", {"state": "READY"})

    def _listen(self, ready: dict[Any, int]) -> None:
        if self.cmd in ready:
            self._command(self.cmd.recv_multipart())
        if self.evt in ready:
            self._subscription(self.evt.recv())
        if self.md in ready:
            self._line(self.md.recv())

    def _say(self, topic: str, kind: str, more: dict[str, Any]) -> None:
        heads = {stream: head.wire() for stream, head in self.heads().items()}
        body = {"sid": self.sid, "heads": heads, **more}
        event = envelope.EventFrame(topic, self.epoch, 0, kind, time.time_ns() // 1000, 0, body)
        self.evt.send_multipart(envelope.encode_event(event))

    def _subscription(self, message: bytes) -> None:
        topic = message[1:].decode()
        (self.subscribed if message[:1] == b"\1" else self.unsubscribed).append(topic)
        if message[:1] == b"\1" and topic.startswith(topics.SYNC):
            self._say(topic, "sync", {})

    def _line(self, message: bytes) -> None:
        topic = message[1:].decode()
        (self.subscribed if message[:1] == b"\1" else self.unsubscribed).append(topic)
        if message[:1] == b"\1":
            self.on_line(topic)

    def _command(self, frames: list[bytes]) -> None:
        route, *rest = frames
        received = envelope.decode_command(rest)
        self.received.append(received.command)
        try:
            answer = self._answer(received)
        except BridgeError as error:
            self._reply(route, received, error.wire.wire(), ok=False)
            return
        bodies = answer if isinstance(answer, list) else [answer.wire()] if answer is not None else []
        for part, body in enumerate(bodies):
            self._reply(route, received, body, part=part, more=part < len(bodies) - 1)

    def _reply(self, route: bytes, received: envelope.ReceivedCommand, body: dict[str, Any], **more: Any) -> None:
        reply = envelope.Reply(received.command.name + ".r", received.header.id, more.pop("ok", True), body, **more)
        self.cmd.send_multipart([route, *envelope.encode_reply(reply)])

    def _answer(self, received: envelope.ReceivedCommand) -> Any:
        command = received.command
        if command.name in self.answers:
            return self.answers[command.name](command)
        if isinstance(command, Hello):
            return self._welcome()
        if command.needs_session and received.header.sid != self.sid:
            raise refusal("auth.session")
        if isinstance(command, GetReplay):
            return self._replay(command)
        return Pong(server_ts_us=time.time_ns() // 1000)

    def _welcome(self) -> Welcome:
        return Welcome(
            sid=self.sid,
            server_ts_us=time.time_ns() // 1000,
            protocol=(1, 1),
            version="0.1.0",
            name="tester",
            role="trader",
            accounts=self.accounts,
            heads=self.heads(),
            state="READY",
            beat_ms=int(BEAT_S * 1000),
            caps=[],
        )

    def _replay(self, command: GetReplay) -> Replay:
        if command.epoch != self.epoch:
            raise refusal("stream.epoch")
        events = self.journal.get(command.stream, [])
        page = events[command.from_seq - 1 :][: command.limit]
        rows = [(event.seq, event.type, event.ts_us, event.flags | 1, event.body) for event in page]
        following = command.from_seq + len(page)
        return Replay(stream=command.stream, epoch=self.epoch, events=rows, next=following, head=len(events) + 1)


def refusal(code: str, **more: Any) -> BridgeError:
    """An error to be raised by an answer."""
    return exception_for(make_error(code, f"refused by the test with {code}", **more))


@contextmanager
def running(**options: Any) -> Iterator[FakeBridge]:
    """A bridge for the time of a test."""
    bridge = FakeBridge(**options)
    try:
        yield bridge
    finally:
        bridge.close()


def order_state(**fields: Any) -> OrderState:
    """An order for 10 AAPL at 190."""
    defaults: dict[str, Any] = {
        "order_id": 17,
        "client_order_id": "key-1",
        "owner": "tester",
        "contract": Contract(symbol="AAPL", sec_type="STK", exchange="SMART", currency="USD", con_id=265598),
        "order": Order(action="BUY", quantity="10", order_type="LMT", limit_price=190.0, account=ACCOUNT),
        "status": "PendingSubmit",
        "remaining": "10",
        "updated_us": time.time_ns() // 1000,
    }
    return OrderState.model_validate({**defaults, **fields})


def execution(exec_id: str = "e.1", **fields: Any) -> dict[str, Any]:
    """The body of an execution event for the order above."""
    defaults: dict[str, Any] = {
        "exec_id": exec_id,
        "order_id": 17,
        "client_order_id": "key-1",
        "owner": "tester",
        "account": ACCOUNT,
        "contract": {"symbol": "AAPL", "sec_type": "STK", "exchange": "SMART", "currency": "USD", "con_id": 265598},
        "side": "BOT",
        "shares": "10",
        "price": 190.01,
        "time_us": time.time_ns() // 1000,
    }
    return {**defaults, **fields}
