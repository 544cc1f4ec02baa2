"""One TCP connection to TWS, non-blocking: connect, whole sends, and an end with a reason.

Call `advance` and `read` when the descriptor is readable, `advance` and `flush` when it is writable.
"""

from __future__ import annotations

import errno
import os
import socket
from enum import Enum

from twsbridge_server.tws import reasons
from twsbridge_server.tws.lookup import Address, Lookup, numeric_addresses
from twsbridge_server.tws.tap import Nobody, Tap

MAX_WAITING = 16 << 20
"""Bytes that may wait for a TWS that does not read, before the connection counts as lost."""

CHUNK = 1 << 16


class Phase(Enum):
    """How far a connection is."""

    LOOKING_UP = "looking up"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    ENDED = "ended"


class Transport:
    """A connection from its first packet to its last. `fault` says why it ended; read what is left before."""

    def __init__(self, host: str, port: int, tap: Tap | None = None) -> None:
        self.endpoint = f"{host}:{port}"
        self._tap = tap or Nobody()
        self.phase = Phase.LOOKING_UP
        self.was_connected = False
        self.fault = ""
        self._host = host
        self._lookup: Lookup | None = None
        self._socket: socket.socket | None = None
        self._waiting = bytearray()
        self._send_fault = ""
        self._addresses = numeric_addresses(host, port)
        if self._addresses:
            self._try_next(errno.ECONNREFUSED)
        else:
            self._lookup = Lookup(host, port)

    def fileno(self) -> int | None:
        """What to wait for, or None when there is nothing to wait for."""
        if self._lookup is not None:
            return self._lookup.fileno()
        return self._socket.fileno() if self._socket is not None else None

    @property
    def wants_write(self) -> bool:
        """True while connecting, and while bytes wait to be sent."""
        return self.phase is Phase.CONNECTING or bool(self._waiting)

    @property
    def has_failed(self) -> bool:
        """True when sending has failed: what TWS had still said can be read, then comes the end."""
        return bool(self._send_fault)

    def advance(self) -> bool:
        """Go on with connecting; True once, when TCP is connected."""
        if self._lookup is not None and self._lookup.is_done:
            self._looked_up(self._lookup)
        if self.phase is not Phase.CONNECTING or self._socket is None:
            return False
        if error := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self._try_next(error)
        elif _has_peer(self._socket):
            self.phase, self.was_connected = Phase.CONNECTED, True
            self._tap.opened(self.endpoint)
            return True
        return False

    def read(self) -> bytes:
        """What has come, up to 64 KiB; empty when there is nothing now or when the connection has ended."""
        if self.phase is not Phase.CONNECTED or self._socket is None:
            return b""
        try:
            chunk = self._socket.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            if self._send_fault:
                self.end(self._send_fault)
            return b""
        except OSError as error:
            self.end(_words(error))
            return b""
        if chunk:
            self._tap.received(chunk)
        else:
            self.end(self._send_fault or "it was closed by TWS")
        return chunk

    def send(self, data: bytes) -> None:
        """Send all of it, now or as soon as TWS reads; a failure shows in `has_failed`, then in `read`."""
        if self.phase is not Phase.CONNECTED or self._send_fault:
            return
        self._waiting += data
        self.flush()
        if len(self._waiting) > MAX_WAITING:
            self._fail(reasons.not_reading(len(self._waiting)))

    def flush(self) -> None:
        """Send what waits, as much as TWS takes now."""
        while self._waiting and self.phase is Phase.CONNECTED and self._socket is not None:
            try:
                with memoryview(self._waiting) as view:
                    sent = self._socket.send(view[: CHUNK * 4])
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                self._fail(_words(error))
                return
            self._tap.sent(bytes(self._waiting[:sent]))
            del self._waiting[:sent]

    def end(self, fault: str) -> None:
        """Close; the first reason is kept."""
        if self.phase is Phase.CONNECTED:
            self._tap.closed(fault)
        if self.phase is not Phase.ENDED:
            self.phase, self.fault = Phase.ENDED, fault
        self._waiting.clear()
        if self._lookup is not None:
            self._lookup.close()
        if self._socket is not None:
            _close(self._socket)
        self._lookup = self._socket = None

    def _fail(self, fault: str) -> None:
        self._send_fault = fault
        self._waiting.clear()

    def _looked_up(self, lookup: Lookup) -> None:
        lookup.close()
        self._lookup = None
        if lookup.fault:
            self.end(reasons.unknown_host(self._host, lookup.fault))
            return
        self._addresses = list(lookup.addresses)
        self._try_next(errno.ECONNREFUSED)

    def _try_next(self, error: int) -> None:
        """Begin with the next address; with none left, `error` of the last one is the reason."""
        while self._addresses:
            if self._socket is not None:
                self._socket.close()
            try:
                self._socket, error = _begin(self._addresses.pop(0))
            except OSError as fault:
                self._socket, error = None, fault.errno or errno.EIO
            if error in (0, errno.EINPROGRESS):
                self.phase = Phase.CONNECTING
                return
        self.end(reasons.cannot_connect(self.endpoint, error))


def _begin(address: Address) -> tuple[socket.socket, int]:
    family, target = address
    connecting = socket.socket(family, socket.SOCK_STREAM)
    connecting.setblocking(False)
    connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connecting.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return connecting, connecting.connect_ex(target)


def _has_peer(connecting: socket.socket) -> bool:
    try:
        connecting.getpeername()
    except OSError:
        return False
    return True


def _close(connected: socket.socket) -> None:
    """Tell TWS before letting go: a Gateway was seen to hang after clients that vanished."""
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    connected.close()


def _words(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)
