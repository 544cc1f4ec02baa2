"""Who does not read: what is sent to a connection waits here, in memory, until its other side takes it.

A process that is stopped, or hangs, keeps its connection, and would have a full queue for ever. The kernel's count of
what its other side has taken shows it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from twsbridge_server.mq import tcp

LOOK_S = 2.0
PATIENCE_S = 10.0


class _Seen(NamedTuple):
    taken: int
    at: float


class Stalled:
    """Looks at the connections every other second; those that have taken nothing for ten, with more to take, stall."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next_look = 0.0
        self._seen: dict[int, _Seen] = {}

    def look(self, connections: Iterable[int]) -> list[int]:
        """Those of these connections that stall; now and then, otherwise none."""
        now = self._clock()
        if now < self._next_look:
            return []
        self._next_look = now + LOOK_S
        before, self._seen = self._seen, {}
        for number in connections:
            counted = tcp.bytes_of(number)
            if counted is not None and counted.unsent:
                seen = before.get(number)
                is_stuck = seen is not None and seen.taken == counted.sent
                self._seen[number] = seen if seen is not None and is_stuck else _Seen(counted.sent, now)
        return [number for number, seen in self._seen.items() if now - seen.at >= PATIENCE_S]
