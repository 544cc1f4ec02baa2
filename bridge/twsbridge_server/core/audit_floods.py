"""Refusals in the audit at a bounded rate: each of the first ones has its row, a flood of them is counted.

A client with a defect can be refused thousands of times a minute; that must not fill the journal's disk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

BURST = 20
PER_SECOND = 1.0
COUNTED_US = 10_000_000
"""What was only counted has a row so long after its first one."""

MOST_KINDS = 100
"""Kinds of refusals told apart for a client; further ones are counted together."""


@dataclass(slots=True)
class _Client:
    """What one client has left, and what of it was only counted since `since_us`."""

    left: float
    refilled_us: int
    since_us: int = 0
    counted: dict[str, int] = field(default_factory=dict)


class Floods:
    """Whether a refusal gets a row of its own."""

    def __init__(self) -> None:
        self._clients: dict[str, _Client] = {}

    def takes(self, name: str, kind: str, now: int) -> bool:
        """True when there is room for one more row about this client; otherwise it is counted under its kind."""
        client = self._clients.setdefault(name, _Client(BURST, now))
        client.left = min(BURST, client.left + (now - client.refilled_us) / 1e6 * PER_SECOND)
        client.refilled_us = now
        if client.left >= 1:
            client.left -= 1
            return True
        if not client.counted:
            client.since_us = now
        kind = kind if kind in client.counted or len(client.counted) < MOST_KINDS else "other"
        client.counted[kind] = client.counted.get(kind, 0) + 1
        return False

    def due(self, now: int, everything: bool = False) -> list[dict[str, Any]]:
        """One map for each client of whom something was only counted, once it is time for it."""
        found = []
        for name, client in self._clients.items():
            if client.counted and (everything or client.since_us + COUNTED_US <= now):
                found.append({"client": name, "count": sum(client.counted.values()), "refused": client.counted})
                client.counted = {}
        return found

    def next_due(self) -> int | None:
        """When `due` has something to tell."""
        waiting = [client.since_us + COUNTED_US for client in self._clients.values() if client.counted]
        return min(waiting, default=None)
