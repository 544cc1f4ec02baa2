"""The connections of the clients, so that some can be cut: of a revoked key, or one that floods with subscriptions.

libzmq names the TCP socket a message came from (`ZMQ_SRCFD`). That number may have passed to another connection since,
so only sockets of the bridge's own ports are cut; a client cut by mistake reconnects by itself.
"""

from __future__ import annotations

import os
import socket
import time
from collections import Counter
from collections.abc import Callable

import zmq

FLOOD_SUBSCRIPTIONS = 5_000
FLOOD_SECONDS = 10.0


def key_of(frame: zmq.Frame) -> str:
    """The public key (Z85) behind a message; empty where there is no sender (after the death of a peer)."""
    try:
        key = frame.get("User-Id")
    except zmq.ZMQError:
        return ""
    return key if isinstance(key, str) else ""


class Peers:
    """Live connections by the number of their TCP socket. `ports` are the bridge's own."""

    def __init__(self, ports: set[int], clock: Callable[[], float] = time.monotonic) -> None:
        self._ports = ports
        self._clock = clock
        self._keys: dict[int, str] = {}
        self._subscriptions: Counter[int] = Counter()
        self._window_end = 0.0

    def note(self, frame: zmq.Frame) -> str:
        """Remember which connection a message came from; returns the client's public key."""
        key = key_of(frame)
        if key:
            self._keys[socket_of(frame)] = key
        return key

    def floods(self, frame: zmq.Frame) -> bool:
        """Count a subscription; True when its sender has made far too many and is cut for it."""
        now = self._clock()
        if now >= self._window_end:
            self._window_end = now + FLOOD_SECONDS
            self._subscriptions.clear()
        sender = socket_of(frame)
        self._subscriptions[sender] += 1
        if self._subscriptions[sender] <= FLOOD_SUBSCRIPTIONS:
            return False
        self._cut(sender)
        return True

    def cut(self, keys: set[str]) -> int:
        """Cut every connection made with these keys; returns how many."""
        return sum(self._cut(number) for number, key in list(self._keys.items()) if key in keys)

    def _cut(self, number: int) -> bool:
        self._keys.pop(number, None)
        try:
            copy = os.dup(number)
        except OSError:
            return False
        try:
            connection = socket.socket(fileno=copy)
        except OSError:
            os.close(copy)
            return False
        with connection:
            return _shut_down(connection, self._ports)


def _shut_down(connection: socket.socket, ports: set[int]) -> bool:
    try:
        if connection.getsockname()[1] not in ports:
            return False
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return False
    return True


def socket_of(frame: zmq.Frame) -> int:
    """The number of the TCP socket that a message came from; -1 where there is no sender."""
    try:
        number = frame.get(zmq.SRCFD)
    except zmq.ZMQError:
        return -1
    return number if isinstance(number, int) else -1
