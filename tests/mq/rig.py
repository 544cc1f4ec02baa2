"""The bridge's sockets without a core, and clients that speak to them: everything in the test's own thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import zmq

from tests.waiting import PATIENCE
from twsbridge.protocol import envelope
from twsbridge_server.core.effects import PublishEvent
from twsbridge_server.core.inputs import ClientInput, ClientsChanged, SubscriptionOpened
from twsbridge_server.core.rights import Rights
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring
from twsbridge_server.mq.binding import BindSettings
from twsbridge_server.mq.sockets import Sockets
from twsbridge_server.private_files import read_json

FREE_PORTS = BindSettings(cmd_port=0, evt_port=0, md_port=0)


class Server:
    """`inputs` collects what the core would get."""

    def __init__(self, path: Path) -> None:
        self.home = Home(path)
        self.pair = keyring.prepare(self.home)
        self.sockets = Sockets(self.home, self.pair, FREE_PORTS)
        keyring.write_connection_file(self.home, self.sockets.endpoints)
        self.inputs: list[ClientInput] = []

    def turn(self, timeout_ms: int = 20) -> list[ClientInput]:
        self.sockets.poll([], timeout_ms)
        received = [each for each in self.sockets.receive() if not isinstance(each, ClientsChanged)]
        self.inputs += received
        return received

    def until(self, condition: Callable[[], Any], what: str = "") -> Any:
        """Turn after turn until the condition is true; its value."""
        deadline = time.monotonic() + PATIENCE
        while not (value := condition()):
            assert time.monotonic() < deadline, f"not within {PATIENCE} s: {what}"
            self.turn()
        return value

    def quiet_for(self, seconds: float) -> None:
        """Turn for a while, to see that nothing happens."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.turn()


def subscribed(topic: str, *refused: str) -> SubscriptionOpened:
    """What the core hears of a subscription by the default client."""
    return SubscriptionOpened(topic, "default", Rights(), refused)


@contextmanager
def running(path: Path) -> Iterator[Server]:
    server = Server(path)
    try:
        yield server
    finally:
        server.sockets.close()


class Peer:
    """A client with the keys of a connection file; options may be changed to misbehave."""

    def __init__(self, home: Home, name: str = "default") -> None:
        self.bundle: dict[str, str] = read_json(home.bundle(name))
        self.context = zmq.Context()
        self._kept: list[zmq.Socket[bytes]] = []

    def socket(self, kind: int, which: str, **options: Any) -> zmq.Socket[bytes]:
        socket = self.context.socket(kind)
        self._kept.append(socket)
        chosen = {
            "curve_serverkey": self.bundle["server_key"].encode(),
            "curve_publickey": self.bundle["public_key"].encode(),
            "curve_secretkey": self.bundle["secret_key"].encode(),
            "linger": 0,
            **options,
        }
        for option, value in chosen.items():
            if value is not None:
                setattr(socket, option, value)
        socket.connect(self.bundle[which])
        return socket

    def dealer(self, **options: Any) -> zmq.Socket[bytes]:
        return self.socket(zmq.DEALER, "cmd", **options)

    def subscriber(self, which: str, *topics: bytes, **options: Any) -> zmq.Socket[bytes]:
        socket = self.socket(zmq.SUB, which, **options)
        for topic in topics:
            socket.subscribe(topic)
        return socket

    def close(self) -> None:
        self.context.destroy(linger=0)


@contextmanager
def peer(server: Server, name: str = "default") -> Iterator[Peer]:
    one = Peer(server.home, name)
    try:
        yield one
    finally:
        one.close()


@contextmanager
def monitored(socket: zmq.Socket[bytes], events: int) -> Iterator[zmq.Socket[bytes]]:
    """libzmq's own report of what becomes of the socket's connection."""
    monitor: zmq.Socket[bytes] = socket.get_monitor_socket(events)
    try:
        yield monitor
    finally:
        socket.disable_monitor()
        monitor.close(0)


NULL: dict[str, Any] = {"curve_serverkey": None, "curve_publickey": None, "curve_secretkey": None}
"""Options of a socket without encryption."""


def exchange(server: Server, socket: zmq.Socket[bytes], frames: list[bytes]) -> envelope.Reply:
    """Send and wait for the answer."""
    socket.send_multipart(frames)
    server.until(lambda: socket.poll(0), "an answer")
    return envelope.decode_reply(socket.recv_multipart())


def event(topic: str, seq: int = 1, body: dict[str, Any] | None = None) -> PublishEvent:
    return PublishEvent(topic, "e" * 16, seq, "notice", 1_700_000_000_000_000, 0, body or {"text": "x", "heads": {}})
