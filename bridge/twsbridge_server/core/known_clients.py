"""The clients that have a key, connected or not: to whom an order can be given, and whether their file is in order."""

from __future__ import annotations

from collections.abc import Iterator

from twsbridge_server.core.effects import Effect
from twsbridge_server.core.inputs import Client, ClientsChanged


class KnownClients:
    """As the keys file says. `fault` is empty while its latest version is in force."""

    def __init__(self) -> None:
        self.fault = ""
        self._by_name: dict[str, Client] = {}

    def changed(self, said: ClientsChanged, now: int) -> list[Effect]:
        """The file was read again."""
        self.fault = said.fault
        self._by_name = {client.name: client for client in said.clients}
        return []

    def __iter__(self) -> Iterator[Client]:
        return iter(self._by_name.values())

    def by_name(self, name: str) -> Client | None:
        """The client of this name, without a route; None when there is none."""
        return self._by_name.get(name)
