"""The known clients, as the running bridge sees them: read again whenever the file changes."""

from __future__ import annotations

import logging

from twsbridge_server.errors import CannotStart
from twsbridge_server.home import Home
from twsbridge_server.mq.keys import RegisteredClient, read_clients

log = logging.getLogger(__name__)


class Registry:
    """Who is behind a public key, and what a name may do. A file with mistakes leaves the last good list in force."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._stamp = self._file_stamp()
        self._by_key: dict[str, RegisteredClient] = {}
        self._by_name: dict[str, RegisteredClient] = {}
        self._revoked: set[str] = set()
        self._index(read_clients(home))

    def by_key(self, public_key: str) -> RegisteredClient | None:
        """The client that has this key (Z85)."""
        return self._by_key.get(public_key)

    def by_name(self, name: str) -> RegisteredClient | None:
        """The client of this name; None once it is revoked."""
        return self._by_name.get(name)

    def refresh(self) -> None:
        """Look at the file again if it has changed."""
        stamp = self._file_stamp()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        before = self._by_key
        try:
            self._index(read_clients(self._home))
        except (CannotStart, OSError) as error:
            log.error("The list of clients was not taken over, the one before it stays in force. %s", error)
            return
        log.info("The list of clients has changed: %d may connect.", len(self._by_key))
        self._revoked.update(client.name for key, client in before.items() if key not in self._by_key)

    def take_revoked(self) -> set[str]:
        """Names of which a key was revoked since the last call: their connections are to be cut."""
        revoked, self._revoked = self._revoked, set()
        return revoked

    def _index(self, clients: list[RegisteredClient]) -> None:
        self._by_key = {client.public_key: client for client in clients}
        self._by_name = {client.name: client for client in clients}

    def _file_stamp(self) -> tuple[int, int, int] | None:
        try:
            status = self._home.clients.stat()
        except FileNotFoundError:
            return None
        return (status.st_ino, status.st_mtime_ns, status.st_size)
