"""The known clients, as the running bridge sees them: the file is read again when it changes, and keys expire."""

from __future__ import annotations

import logging
import os
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from twsbridge_server.core.fingerprint import fingerprint
from twsbridge_server.core.inputs import ClientsChanged
from twsbridge_server.errors import CannotStart
from twsbridge_server.home import Home
from twsbridge_server.mq.clients import RegisteredClient, read_clients

log = logging.getLogger(__name__)


SETTLE_SECONDS = 0.5
"""So long after its last change a file that was changed in place is taken as finished; a new one at once."""


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Registry:
    """Who is behind a public key at this moment. A file with mistakes leaves the last good list in force."""

    def __init__(self, home: Home, clock: Callable[[], datetime] = utc_now) -> None:
        self._home = home
        self._clock = clock
        self._close = weakref.finalize(self, int)
        self._stamp = self._file_stamp()
        self._keep_open()
        self._clients = read_clients(home)
        self._by_key = self._valid()
        self._cut: set[str] = set()
        self._changed: list[ClientsChanged] = [self._report("")]

    def by_key(self, public_key: str) -> RegisteredClient | None:
        """The client that may connect with this key (Z85)."""
        return self._by_key.get(public_key)

    @property
    def scopes(self) -> dict[str, RegisteredClient]:
        """One client for each set of accounts there is: those of one scope may hear the same."""
        return {client.rights().scope(): client for client in self._by_key.values()}

    def refresh(self) -> None:
        """Look at the file again if it has changed, and at the clock: a key may have expired."""
        self._read_again()
        before, self._by_key = self._by_key, self._valid()
        for key, client in before.items():
            after = self._by_key.get(key)
            if after is None:
                log.warning("A key of client '%s' is not good any more.", client.name)
            if after is None or after.name != client.name or after.accounts != client.accounts:
                self._cut.add(key)

    def take_cut(self) -> set[str]:
        """Keys whose connections are to be cut: revoked, expired, or with other accounts since the last call."""
        cut, self._cut = self._cut, set()
        return cut

    def take_changes(self) -> list[ClientsChanged]:
        """What the core has to hear of the file since the last call."""
        changed, self._changed = self._changed, []
        return changed

    def _read_again(self) -> None:
        stamp = self._file_stamp()
        if stamp == self._stamp or self._is_being_written(stamp):
            return
        self._stamp = stamp
        self._keep_open()
        try:
            self._clients = read_clients(self._home)
        except (CannotStart, OSError) as error:
            log.error("The list of clients was not taken over, the one before it stays in force. %s", error)
            self._changed.append(self._report(f"The keys file was not taken over: {error}"))
            return
        log.info("The list of clients has changed: %d may connect.", len(self._clients))
        self._changed.append(self._report(""))

    def _keep_open(self) -> None:
        """While the file that was read is open, no file that takes its place can have its number."""
        self._close()
        try:
            descriptor = os.open(self._home.clients, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return
        self._close = weakref.finalize(self, partial(os.close, descriptor))

    def _is_being_written(self, stamp: tuple[int, int, int] | None) -> bool:
        """An editor that writes in place empties the file first: half of it would shut half of the clients out."""
        if stamp is None or self._stamp is None or stamp[0] != self._stamp[0]:
            return False
        return 0 <= self._clock().timestamp() - stamp[1] / 1e9 < SETTLE_SECONDS

    def _report(self, fault: str) -> ClientsChanged:
        version = fingerprint("\n".join(client.model_dump_json() for client in self._clients))
        return ClientsChanged(tuple(client.sender(b"") for client in self._clients), fault, version)

    def _valid(self) -> dict[str, RegisteredClient]:
        now = self._clock()
        return {key: client for client in self._clients for key in client.keys(now)}

    def _file_stamp(self) -> tuple[int, int, int] | None:
        try:
            status = self._home.clients.stat()
        except FileNotFoundError:
            return None
        return (status.st_ino, status.st_mtime_ns, status.st_size)
