"""When silence means something: how often rows of a line come, and how long is too long without one.

Times in microseconds. A line may be quiet for five times its usual silence, and for no less than a floor that follows
from the market: regular hours, the quieter ones around them, or a data farm that TWS has lost.
"""

from __future__ import annotations

from dataclasses import dataclass

SECOND = 1_000_000

FACTOR = 5
"""So many times its usual silence a line may be silent; and in extended hours so many times the floor."""

FARM_FLOOR_US = 3 * SECOND
"""While TWS has lost a farm, this long a silence is enough."""

MOST_US = 3600 * SECOND
"""No line may be silent for longer than this while its market is open."""

LONGEST_USUAL_US = 1800 * SECOND
"""A silence beyond this tells of a closed market, not of a slow line."""

FADES = 0.98
"""How much of an unusual silence is still expected after the next row."""

DOUBLINGS = 6


@dataclass(slots=True)
class Pace:
    """How one line behaves. `asked_us`: when TWS was asked for it, under `req_id`; `heard_us`: its last rows.

    Each request in vain doubles the patience, until rows come by themselves.
    """

    req_id: int | None = None
    asked_us: int = 0
    heard_us: int = 0
    usual_us: float = 0.0
    in_vain: int = 0

    def observe(self, req_id: int | None, heard_us: int, now: int, floor_us: int) -> None:
        """Look at the line again; called about once a second."""
        if req_id != self.req_id:
            self.req_id, self.asked_us, self.heard_us = req_id, now, max(heard_us, self.heard_us)
            return
        if heard_us <= self.heard_us:
            return
        silence = heard_us - max(self.heard_us, self.asked_us)
        if 0 <= silence <= LONGEST_USUAL_US:
            self.usual_us = max(silence, self.usual_us * FADES)
        if heard_us > self.asked_us + floor_us:
            self.in_vain = 0
        self.heard_us = heard_us

    def silent_us(self, since_us: int, now: int) -> int:
        """How long nothing has come, counted from `since_us` at the earliest."""
        return now - max(self.heard_us, self.asked_us, since_us)

    def limit_us(self, floor_us: int) -> int:
        """How long nothing may come."""
        patience = max(floor_us, FACTOR * self.usual_us) * (1 << min(self.in_vain, DOUBLINGS))
        return round(min(patience, max(MOST_US, floor_us)))


def floor_us(stale_us: int, market: str, is_farm_lost: bool) -> int | None:
    """The least silence that means something; None when none does: the market is closed, or TWS does not tell hours."""
    if market == "closed":
        return None
    if is_farm_lost:
        return min(stale_us, FARM_FLOOR_US)
    return {"open": stale_us, "extended": FACTOR * stale_us}.get(market)
