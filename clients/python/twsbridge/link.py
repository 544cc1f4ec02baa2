"""The sockets of one connection to a bridge: commands, events, market data, and what the connection is doing.

Used by the I/O thread alone. A link that has died is closed and another one is made; nothing of it is reused.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from enum import Enum

import zmq
from zmq.utils.monitor import recv_monitor_message

from twsbridge.connection import Connection
from twsbridge.errors import exception_for, make_error

HIGH_WATER_MARK = 200_000
MAX_MESSAGE_BYTES = 64 * 1024 * 1024
HANDSHAKE_MS = 2000

_WATCHED = (
    zmq.EVENT_HANDSHAKE_SUCCEEDED
    | zmq.EVENT_HANDSHAKE_FAILED_AUTH
    | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
    | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
    | zmq.EVENT_CLOSED
    | zmq.EVENT_DISCONNECTED
)


class LinkEvent(Enum):
    """What happened to the connection for commands, in words for people."""

    UP = "connected"
    DOWN = "the connection was closed"
    REFUSED = "the bridge refuses this key"
    STRANGE = "something listens there, but the encrypted handshake fails: another bridge's connection file?"
    SILENT = "something accepts connections there but stays silent"
    NOBODY = "nothing listens there"


_MEANING: dict[int, LinkEvent] = {
    zmq.EVENT_HANDSHAKE_SUCCEEDED: LinkEvent.UP,
    zmq.EVENT_HANDSHAKE_FAILED_AUTH: LinkEvent.REFUSED,
    zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL: LinkEvent.STRANGE,
    zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL: LinkEvent.STRANGE,
    zmq.EVENT_CLOSED: LinkEvent.NOBODY,
    zmq.EVENT_DISCONNECTED: LinkEvent.DOWN,
}


def _meaning(event: int, value: int) -> LinkEvent | None:
    """A handshake that fails with EAGAIN has timed out: the other side said nothing."""
    is_silent = event == zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL and value == errno.EAGAIN
    return LinkEvent.SILENT if is_silent else _MEANING.get(event)


class Link:
    """DEALER, two SUBs and the DEALER's monitor, connecting in the background."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], connection: Connection) -> None:
        self.connection = connection
        self._unsent: list[list[bytes]] = []
        self.cmd, self.evt, self.md = (context.socket(kind) for kind in (zmq.DEALER, zmq.SUB, zmq.SUB))
        self.monitor = self.cmd.get_monitor_socket(_WATCHED)
        self.md_monitor = self.md.get_monitor_socket(zmq.EVENT_DISCONNECTED)

    def open(self) -> None:
        """Begin to connect. Raises Unreachable for addresses and keys that libzmq does not take; close it then."""
        own = self.connection
        try:
            for socket, endpoint in ((self.cmd, own.cmd), (self.evt, own.evt), (self.md, own.md)):
                _configure(socket, own)
                socket.connect(endpoint)
        except zmq.ZMQError as error:
            raise exception_for(
                make_error("client.no_connection_file", f"The connection of {own.cmd} cannot be used: {error}")
            ) from None

    @property
    def has_unsent(self) -> bool:
        """True while commands wait for room in the socket."""
        return bool(self._unsent)

    def send(self, messages: list[list[bytes]]) -> None:
        """Send as many as the socket takes, the others at the next call. What waits dies with the connection."""
        self._unsent += messages
        while self._unsent:
            try:
                self.cmd.send_multipart(self._unsent[0], zmq.NOBLOCK)
            except zmq.Again:
                return
            del self._unsent[0]

    def drop_unsent(self) -> None:
        """The connection that they were meant for is gone."""
        self._unsent.clear()

    def happenings(self) -> Iterator[LinkEvent]:
        """What happened to the connection since the last call."""
        for event, value in _heard(self.monitor):
            if meaning := _meaning(event, value):
                yield meaning

    def has_lost_ticks(self) -> bool:
        """True when the connection for market data was lost since the last call."""
        return any(event == zmq.EVENT_DISCONNECTED for event, _ in list(_heard(self.md_monitor)))

    def close(self, linger_ms: int = 0) -> None:
        """Close all sockets; `linger_ms` is the time for a last command to leave."""
        self.cmd.disable_monitor()
        self.md.disable_monitor()
        for socket in (self.monitor, self.md_monitor, self.evt, self.md):
            socket.close(0)
        self.cmd.close(linger_ms)


def _configure(socket: zmq.Socket[bytes], connection: Connection) -> None:
    """IMMEDIATE: what is sent leaves over a connection that exists, or not at all."""
    for option, value in (
        (zmq.IMMEDIATE, 1),
        (zmq.LINGER, 0),
        (zmq.SNDHWM, HIGH_WATER_MARK),
        (zmq.RCVHWM, HIGH_WATER_MARK),
        (zmq.MAXMSGSIZE, MAX_MESSAGE_BYTES),
        (zmq.HANDSHAKE_IVL, HANDSHAKE_MS),
        (zmq.RECONNECT_IVL, 100),
        (zmq.RECONNECT_IVL_MAX, 1000),
        (zmq.CURVE_SERVERKEY, connection.server_key.encode()),
        (zmq.CURVE_PUBLICKEY, connection.public_key.encode()),
        (zmq.CURVE_SECRETKEY, connection.secret_key.encode()),
    ):
        socket.setsockopt(option, value)


def _heard(monitor: zmq.Socket[bytes]) -> Iterator[tuple[int, int]]:
    while True:
        try:
            message = recv_monitor_message(monitor, zmq.NOBLOCK)
        except zmq.Again:
            return
        yield message["event"], message["value"]


def receive(socket: zmq.Socket[bytes], ready: set[object], most: int) -> Iterator[list[bytes]]:
    """Up to `most` messages that have arrived, without waiting; none when the socket is not among the ready ones."""
    for _ in range(most if socket in ready else 0):
        try:
            yield socket.recv_multipart(zmq.NOBLOCK)
        except zmq.Again:
            return
