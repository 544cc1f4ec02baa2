"""What a fault acts upon: the simulated TWS, its network if it has one, and a seeded source of chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twssim.gateway import Gateway
    from twssim.server import Server
    from twssim.session import Session

Undo = Callable[[], None]
Action = Callable[..., Undo | None]


class FaultRefused(ValueError):
    """A fault that does not exist, or that cannot happen as described; nothing was changed."""


@dataclass(slots=True)
class Stage:
    """Handed to every action; `chance` follows from the seed of the simulator."""

    gateway: Gateway
    network: Server | None
    chance: Random

    @property
    def server(self) -> Server:
        """The network side; raises FaultRefused where there are no sockets."""
        if self.network is None:
            raise FaultRefused("this fault needs a simulator with sockets: use twssim.run or python -m twssim")
        return self.network

    def started(self, client_id: int | None = None) -> list[Session]:
        """The sessions of one client, or all, that have said startApi."""
        return [each for each in self.gateway.sessions if each.started and client_id in (None, each.client_id)]


def choose(argument: str, value: str, *allowed: str) -> None:
    """Raise FaultRefused unless a text argument is one of those allowed."""
    if value not in allowed:
        raise FaultRefused(f"{argument} must be one of {', '.join(allowed)}, not '{value}'")
