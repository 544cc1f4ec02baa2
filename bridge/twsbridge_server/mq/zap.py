"""Who may connect: answers libzmq's question about every new connection (ZAP, RFC 27), inside the one loop."""

from __future__ import annotations

import logging
from typing import Protocol

from zmq.auth.base import Authenticator
from zmq.utils import z85

from twsbridge_server.mq.binding import Context
from twsbridge_server.mq.connections import Connections
from twsbridge_server.mq.peers import user_id
from twsbridge_server.mq.registry import Registry
from twsbridge_server.mq.strikes import Strikes

log = logging.getLogger(__name__)

DOMAINS = ("cmd", "evt", "md")
"""Each socket has its own, so that it is known at which of them somebody wants in."""


class Doors(Protocol):
    """Who is in, and who comes in now."""

    def has_room(self, key: str) -> bool:
        """False for a key that has all the connections that it may have."""

    def admitted(self, where: str, key: str) -> None:
        """A client with this key is let in at the socket `where`."""


class Zap(Authenticator):
    """Known public keys get in, unless they are banned or have too many connections; everybody else is refused."""

    def __init__(
        self, context: Context, registry: Registry, strikes: Strikes, connections: Connections, doors: Doors
    ) -> None:
        quiet = logging.getLogger(f"{__name__}.protocol")
        quiet.setLevel(logging.WARNING)
        super().__init__(context, log=quiet)
        self._registry = registry
        self._strikes = strikes
        self._connections = connections
        self._doors = doors
        for domain in DOMAINS:
            self.configure_curve_callback(domain, self)
        self.start()

    def callback(self, domain: str, key: bytes) -> bool:
        """True when a client with this public key (Z85) may connect."""
        self._registry.refresh()
        client = self._registry.by_key(key.decode())
        if client and self._strikes.is_banned(key.decode()):
            log.warning("A connection of client '%s' was refused: it is banned for now.", client.name)
            return False
        if client and not self._doors.has_room(key.decode()):
            log.warning("A connection of client '%s' was refused: it has too many.", client.name)
            return False
        if client:
            self._doors.admitted(domain, key.decode())
            return True
        log.warning("A connection was refused: its key is not registered here (`twsbridge keys list`).")
        return False

    def curve_user_id(self, client_public_key: bytes) -> str:
        """The public key (Z85) and the connection's serial; libzmq attaches them to every message as User-Id.

        The client's name is looked up each time: it may change while the connection lasts.
        """
        return user_id(z85.encode(client_public_key).decode(), self._connections.let_in())

    def answer(self, limit: int) -> None:
        """Answer up to `limit` questions: a crowd at the door does not stop those who are in."""
        for _ in range(limit):
            if not self.zap_socket.poll(0):
                return
            self._answer(self.zap_socket.recv_multipart())

    def _answer(self, question: list[bytes]) -> None:
        """pyzmq's handler is a coroutine; with a plain callback it never waits, so one step completes it."""
        try:
            self.handle_zap_message(question).send(None)
        except StopIteration:
            return
        raise RuntimeError("the ZAP handler waited for something")
