"""Addresses of a host, without ever blocking: names are looked up in a thread, because DNS may take many seconds."""

from __future__ import annotations

import socket
import threading
from typing import Any

Address = tuple[socket.AddressFamily, Any]
"""Family and address, as `socket.connect` takes it."""


def numeric_addresses(host: str, port: int) -> list[Address]:
    """The address that `host` spells out in digits; empty when it is a name."""
    try:
        return _addresses(host, port, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []


class Lookup:
    """One lookup, begun at once. `fileno()` becomes readable when it has ended, well or badly."""

    def __init__(self, host: str, port: int) -> None:
        self._ended, theirs = socket.socketpair()
        self._ended.setblocking(False)
        self.addresses: list[Address] = []
        self.fault = ""
        thread = threading.Thread(target=self._run, args=(host, port, theirs), name="twsbridge-lookup", daemon=True)
        thread.start()

    @property
    def is_done(self) -> bool:
        """True when `addresses`, or `fault`, can be used."""
        return bool(self.addresses or self.fault)

    def fileno(self) -> int:
        """What to wait for."""
        return self._ended.fileno()

    def close(self) -> None:
        """Nobody waits any more; the thread ends by itself."""
        self._ended.close()

    def _run(self, host: str, port: int, ended: socket.socket) -> None:
        with ended:
            try:
                self.addresses = _addresses(host, port, 0)
                self.fault = "" if self.addresses else "it has none for TCP"
            except (OSError, UnicodeError) as error:
                self.fault = getattr(error, "strerror", None) or str(error) or type(error).__name__


def _addresses(host: str, port: int, flags: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [(family, address) for family, _, _, _, address in found]
