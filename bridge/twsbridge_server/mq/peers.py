"""The connections of the clients: whose each is, so that those of a revoked key, or of an offender, can be cut.

libzmq names the TCP socket a message came from (`ZMQ_SRCFD`), and tells of the beginning and the end of each. Of one
that has not said a word it does not tell whose it is: then the kernel's counts show which one waits to be let in.
"""

from __future__ import annotations

import logging
from collections import Counter

import zmq

from twsbridge_server.mq import tcp
from twsbridge_server.mq.connections import Connection
from twsbridge_server.mq.intake import Intake
from twsbridge_server.mq.stalled import Stalled
from twsbridge_server.mq.strikes import BAN_S, Offence, Strikes

log = logging.getLogger(__name__)

ASKED_BYTES = 500
"""A client has sent this much when it wants to be let in: greeting, hello, and its key."""

MOST_OF_A_KEY = 3_072
"""Connections with one key: a thousand programs that share it. Beyond it the memory of the bridge would be theirs."""

MOST_LOOKED_AT = 32
"""Newcomers at a socket. In a crowd of more it would take long, and not tell one from the other."""

WELCOMED_BYTES = 250
"""The bridge has sent less than this before it lets a client in."""


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

    def __init__(self, strikes: Strikes) -> None:
        self.ports: set[int] = set()
        self.intake = Intake(self.ports)
        self._strikes = strikes
        self._keys: dict[int, str] = {}
        self._strangers: dict[int, str] = {}
        self._unmatched: Counter[tuple[str, str]] = Counter()
        self._endless: list[set[str]] = []
        self._stalled = Stalled()

    def serve(self, ports: set[int]) -> None:
        """From now on connections to these ports are ours."""
        self.ports |= ports
        self.intake.start()

    def accepted(self, number: int, where: str, limit: int) -> None:
        """Somebody has connected to the socket `where`."""
        self._keys.pop(number, None)
        self._strangers[number] = where
        self.intake.watch(number, limit)

    def has_room(self, key: str) -> bool:
        """False for a key that has all the connections that it may have."""
        unmatched = sum(count for (_, each), count in self._unmatched.items() if each == key)
        return sum(each == key for each in self._keys.values()) + unmatched < MOST_OF_A_KEY

    def admitted(self, where: str, key: str) -> None:
        """A client with this key is let in at the socket `where`."""
        strangers = [number for number, at in self._strangers.items() if at == where]
        waiting = [number for number in strangers if _waits(number)] if len(strangers) <= MOST_LOOKED_AT else []
        if len(waiting) == 1:
            del self._strangers[waiting[0]]
            self._keys[waiting[0]] = key
        else:
            self._unmatched[where, key] += 1

    def ended(self, number: int) -> None:
        """The connection is gone."""
        self._name_endless()
        self.intake.ended(number)
        self._keys.pop(number, None)
        where = self._strangers.pop(number, "")
        if where and where not in self._strangers.values():
            self._unmatched = +Counter({(at, key): n for (at, key), n in self._unmatched.items() if at != where})

    def note(self, frame: zmq.Frame) -> str:
        """Remember which connection a message came from; returns the client's public key."""
        key = key_of(frame)
        if key:
            number = socket_of(frame)
            self.intake.heard(number)
            if where := self._strangers.pop(number, ""):
                self._unmatched[where, key] -= 1
            self._keys[number] = key
        return key

    def take_endless(self) -> list[set[str]]:
        """Whose connections were cut for messages without an end, each with the keys that it may have been."""
        self._name_endless()
        endless, self._endless = self._endless, []
        return endless

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

    def cut_stalled(self) -> list[str]:
        """Cut the connections that read nothing of what is sent to them; returns their keys, empty where unknown."""
        stalled = self._stalled.look([*self._keys, *self._strangers])
        keys = [self._keys.get(number, "") for number in stalled]
        for number in stalled:
            self._cut(number)
        return keys

    def cut(self, keys: set[str]) -> int:
        """Cut every connection made with these keys; returns how many."""
        return sum(self._cut(number) for number, key in list(self._keys.items()) if key in keys)

    def _name_endless(self) -> None:
        """As long as it is known whose they were."""
        self._endless += [self._owners(number) for number in self.intake.take_caught()]

    def _owners(self, number: int) -> set[str]:
        if number in self._keys:
            return {self._keys[number]}
        where = self._strangers.get(number, "")
        return {key for (at, key), count in self._unmatched.items() if at == where and count > 0}

    def _cut(self, number: int) -> bool:
        self._keys.pop(number, None)
        return tcp.shut_down(number, self.ports)


def _waits(number: int) -> bool:
    """True for a connection that has sent its key and has not been let in yet."""
    counted = tcp.bytes_of(number)
    return counted is not None and counted.received >= ASKED_BYTES and counted.sent <= WELCOMED_BYTES


def address_of(frame: zmq.Frame) -> str:
    """The address a message came from; empty where there is none."""
    try:
        address = frame.get("Peer-Address")
    except zmq.ZMQError:
        return ""
    return address if isinstance(address, str) else ""


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
