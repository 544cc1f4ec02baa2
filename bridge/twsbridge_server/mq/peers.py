"""The connections of the clients, so that some can be cut: of a revoked key, or one that misbehaves.

libzmq names the TCP socket a message came from (`ZMQ_SRCFD`). That number may have passed to another connection since,
so only sockets of the bridge's own ports are cut; a client cut by mistake reconnects by itself.
"""

from __future__ import annotations

import logging
import os
import socket

import zmq

from twsbridge_server.mq.connections import Connection
from twsbridge_server.mq.strikes import BAN_S, Offence, Strikes

log = logging.getLogger(__name__)


def user_id(key: str, serial: int) -> str:
    """What libzmq shall attach to every message of a connection: the client's public key (Z85) and a serial."""
    return f"{key} {serial}"


def key_of(frame: zmq.Frame) -> str:
    """The public key (Z85) behind a message; empty where there is no sender (after the death of a peer)."""
    return _user_id(frame).partition(" ")[0]


def connection_of(frame: zmq.Frame) -> Connection:
    """The connection that a message came by."""
    return Connection(socket_of(frame), int(_user_id(frame).partition(" ")[2] or 0))


class Peers:
    """Live connections by the number of their TCP socket. `ports` are the bridge's own."""

    def __init__(self, ports: set[int], strikes: Strikes) -> None:
        self._ports = ports
        self._strikes = strikes
        self._keys: dict[int, str] = {}

    def note(self, frame: zmq.Frame) -> str:
        """Remember which connection a message came from; returns the client's public key."""
        key = key_of(frame)
        if key:
            self._keys[socket_of(frame)] = key
        return key

    def strike(self, frame: zmq.Frame, name: str, offence: Offence) -> bool:
        """Count an offence of client `name`; True when it was too much, so that this connection is cut."""
        sender, key = socket_of(frame), key_of(frame)
        was_banned = self._strikes.is_banned(key)
        if not key or not self._strikes.strike(key, sender, offence):
            return False
        if not was_banned:
            log.warning("Client '%s' was cut off and is banned for %d s: it %s.", name, BAN_S, offence.words)
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


def _user_id(frame: zmq.Frame) -> str:
    try:
        said = frame.get("User-Id")
    except zmq.ZMQError:
        return ""
    return said if isinstance(said, str) else ""
