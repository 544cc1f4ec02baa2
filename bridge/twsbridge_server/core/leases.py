"""Which processes are alive that chose what becomes of their orders when they are gone. Silence is all that counts.

A process names its lease in `hello`, and again after each reconnect; whatever it sends renews it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from twsbridge.protocol.commands import Hello
from twsbridge.protocol.models import OnDeath
from twsbridge_server.core.inputs import Client

MOST = 64
"""So many leases of one client are remembered; one more, and the longest silent of them counts as gone."""

PAUSE_US = 3_000_000
"""The bridge looks at the time each second; after so long without, it was away itself: nobody's silence counts."""


Holder = tuple[str, str]
"""A process: its client and the name of its lease."""


class Lease(NamedTuple):
    """Journaled with each order that is held by it. `client` and `name` identify the process."""

    client: str = ""
    name: str = ""
    on_death: OnDeath = "keep"
    grace_us: int = 0

    @property
    def holder(self) -> Holder:
        """Which process holds it."""
        return self.client, self.name


NO_LEASE = Lease()
"""Of an order that stays whatever becomes of its owner."""


@dataclass(slots=True)
class Life:
    """What is known of one process. `route` is empty while it has not said hello to this run of the bridge."""

    lease: Lease
    heard_us: int
    route: bytes = b""
    is_gone: bool = False

    @property
    def holder(self) -> Holder:
        """Who it is."""
        return self.lease.holder

    @property
    def ends_us(self) -> int:
        """When its silence is long enough."""
        return self.heard_us + self.lease.grace_us


class Leases:
    """All processes that hold a lease, those that are gone included: they may come back."""

    def __init__(self) -> None:
        self._lives: dict[Holder, Life] = {}
        self._by_route: dict[bytes, Life] = {}
        self._looked_us: int | None = None

    def __iter__(self) -> Iterator[Life]:
        return iter(list(self._lives.values()))

    def look(self, now: int) -> None:
        """The bridge is at work; when it was not for long, every grace starts anew."""
        looked, self._looked_us = self._looked_us, now
        if looked is not None and now - looked > PAUSE_US:
            for life in self._lives.values():
                life.heard_us = now

    def opened(self, client: Client, hello: Hello, now: int) -> None:
        """A session begins on this route. Another lease that was on it is on no route now."""
        if former := self._by_route.pop(client.route, None):
            former.route = b""
        if hello.on_death == "keep":
            return
        lease = Lease(client.name, hello.lease, hello.on_death, hello.grace_ms * 1000)
        life = self.known(lease, now)
        life.lease, life.heard_us = lease, now
        self._by_route.pop(life.route, None)
        life.route = client.route
        self._by_route[client.route] = life

    def known(self, lease: Lease, now: int) -> Life:
        """The process that holds it; of one that was not known the grace starts now."""
        return self._lives.setdefault(lease.holder, Life(lease, now))

    def by_route(self, route: bytes) -> Life | None:
        """The process behind a route, if it holds a lease."""
        return self._by_route.get(route)

    def of(self, client: Client) -> Lease:
        """What an order is held by that this client places, changes or takes now."""
        life = self._by_route.get(client.route)
        return NO_LEASE if life is None or life.lease.client != client.name else life.lease

    def ended(self, life: Life) -> None:
        """The process has said goodbye, or there are too many: forget it."""
        self._by_route.pop(life.route, None)
        self._lives.pop(life.holder, None)

    def too_many(self, client: str) -> list[Life]:
        """The longest silent of this client's, as many as it has too many."""
        lives = sorted((life for life in self if life.lease.client == client), key=lambda life: life.heard_us)
        return lives[: max(0, len(lives) - MOST)]

    def next_due(self) -> int | None:
        """When the next silence is long enough."""
        return min((life.ends_us for life in self._lives.values() if not life.is_gone), default=None)
