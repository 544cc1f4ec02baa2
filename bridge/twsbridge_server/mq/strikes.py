"""Who misbehaves: what a client does too much of within a while is counted, and too much of it bans its key."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Hashable
from typing import NamedTuple

WINDOW_S = 10.0
BAN_S = 60.0


class Offence(NamedTuple):
    """What may happen `limit` times in a window; the words complete "client X ...". Counted by key or by connection."""

    words: str
    limit: int
    by_key: bool = False


MALFORMED = Offence("sends what no client may send", 20, by_key=True)
COMMANDS = Offence("goes on with commands far beyond its limit", 2_000)
ENDLESS = Offence("sends messages without an end", 1)
CROWD = Offence("opens far more connections than any program needs", 1)
SUBSCRIPTIONS = Offence("floods the bridge with subscriptions", 2_000)


class Strikes:
    """Counts by key and connection, and bans by key. Only keys that are registered ever get here: it stays small."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: Counter[Hashable] = Counter()
        self._window_end = 0.0
        self._bans: dict[str, tuple[float, Offence]] = {}

    def strike(self, key: str, connection: int, offence: Offence) -> bool:
        """Count one; True when it is too much. A banned key has no more to lose: for it every one is too much."""
        now = self._clock()
        if now >= self._window_end:
            self._window_end = now + WINDOW_S
            self._counts.clear()
        place = (offence, key, -1 if offence.by_key else connection)
        self._counts[place] += 1
        if self._counts[place] < offence.limit and not (offence.by_key and self.is_banned(key)):
            return False
        self.ban(key, offence)
        return True

    def ban(self, key: str, offence: Offence) -> None:
        """Shut this key out for a while."""
        self._bans[key] = (self._clock() + BAN_S, offence)

    def is_banned(self, key: str) -> bool:
        """True when this key may not connect now."""
        until, _ = self._bans.get(key, (0.0, MALFORMED))
        return self._clock() < until

    def bans(self) -> dict[str, Offence]:
        """The keys that are banned now, and what for."""
        now = self._clock()
        self._bans = {key: (until, offence) for key, (until, offence) in self._bans.items() if now < until}
        return {key: offence for key, (_, offence) in self._bans.items()}
