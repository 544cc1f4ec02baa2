"""Real TCP peers in threads that behave like a TWS, or like a broken one; and the loop that drives a connection."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from tests.waiting import PATIENCE
from twsbridge_server.core.inputs import TwsInput
from twsbridge_server.tws.connection import TwsConnection, TwsSettings
from twsbridge_server.tws.framing import frame
from twsbridge_server.tws.tap import Tap

GREETING_TIME = b"20261102 09:30:00 GMT"

Script = Callable[[socket.socket], object]


class Peer:
    """Accepts connections on a free port, one after the other; each runs the next script in a thread."""

    def __init__(self, *scripts: Script, receive_buffer: int | None = None) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        if receive_buffer is not None:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.port: int = self._listener.getsockname()[1]
        self.finished = threading.Event()
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=scripts, daemon=True)
        self._thread.start()

    def _run(self, *scripts: Script) -> None:
        try:
            for script in scripts:
                accepted, _ = self._listener.accept()
                accepted.settimeout(PATIENCE)
                with accepted:
                    script(accepted)
        except BaseException as fault:
            self._fault = fault
        finally:
            self.finished.set()

    def __enter__(self) -> Peer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            assert self.finished.wait(PATIENCE), "the peer still waits for something"
            assert self._fault is None, self._fault
        self._listener.close()


def greet(version: int) -> bytes:
    """TWS's greeting."""
    return frame(b"%d\0%s\0" % (version, GREETING_TIME))


def read_hello(accepted: socket.socket) -> bytes:
    """The client's hello, up to its last byte."""
    said = exactly(accepted, 8)
    return said + exactly(accepted, int.from_bytes(said[4:], "big"))


def read_frame(accepted: socket.socket) -> bytes:
    """The payload of the next frame."""
    return exactly(accepted, int.from_bytes(exactly(accepted, 4), "big"))


def exactly(accepted: socket.socket, size: int) -> bytes:
    """So many bytes, however they come."""
    got = b""
    while len(got) < size:
        chunk = accepted.recv(min(size - len(got), 1 << 16))
        if not chunk:
            raise EOFError(f"closed after {len(got)} of {size} bytes")
        got += chunk
    return got


def until_closed(accepted: socket.socket) -> bytes:
    """Everything until the bridge closes, cleanly or not."""
    got = b""
    try:
        while chunk := accepted.recv(1 << 16):
            got += chunk
    except ConnectionError:
        pass
    return got


def serve(version: int, *parts: bytes) -> Script:
    """Greet, then send these parts, each in a write of its own; wait until the bridge closes."""

    def script(accepted: socket.socket) -> None:
        read_hello(accepted)
        accepted.sendall(greet(version))
        for part in parts:
            accepted.sendall(part)
        until_closed(accepted)

    return script


class Driven:
    """A connection with its inputs so far, and what went to the quarantine. Turns as the bridge's loop does."""

    def __init__(self, port: int, host: str = "127.0.0.1", tap: Tap | None = None, **settings: Any) -> None:
        self.quarantine: list[tuple[bytes, str]] = []
        told = TwsSettings(host=host, port=port, **settings)
        self.connection = TwsConnection(told, lambda payload, why: self.quarantine.append((payload, why)), tap)
        self.inputs: list[TwsInput] = []

    def __enter__(self) -> Driven:
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def connect(self, now_s: float = 0.0) -> None:
        """Begin."""
        self.inputs += self.connection.connect(now_s)

    def until(self, condition: Callable[[Driven], object], max_messages: int = 100) -> list[TwsInput]:
        """Turn until the condition holds; fails when it does not within the patience."""
        give_up = time.monotonic() + PATIENCE
        while not condition(self):
            assert time.monotonic() < give_up, f"did not happen; so far: {self.inputs[-20:]}"
            self.turn(max_messages)
        return self.inputs

    def until_said(self, kind: type[TwsInput], count: int = 1, max_messages: int = 100) -> list[TwsInput]:
        """Turn until so many inputs of this type have come."""
        return self.until(lambda driven: len(driven.of(kind)) >= count, max_messages)

    def turn(self, max_messages: int = 100) -> None:
        """One turn of the loop."""
        connection = self.connection
        descriptor = connection.fileno()
        readable = writable = False
        if descriptor is not None:
            poller = select.poll()
            poller.register(descriptor, select.POLLIN | (select.POLLOUT if connection.wants_write else 0))
            events = dict(poller.poll(0 if connection.has_backlog else 20)).get(descriptor, 0)
            writable = bool(events & select.POLLOUT)
            readable = bool(events & ~select.POLLOUT)
        if writable:
            self.inputs += connection.flush()
        if readable or connection.has_backlog:
            self.inputs += connection.receive(max_messages)

    def of(self, kind: type[TwsInput]) -> list[Any]:
        """The inputs of one type."""
        return [said for said in self.inputs if isinstance(said, kind)]
