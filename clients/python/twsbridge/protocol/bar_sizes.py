"""Bar sizes: how long they are, and of how much TWS serves them in one request."""

from __future__ import annotations

from typing import NamedTuple


class BarSize(NamedTuple):
    """`step`: how much one request may cover, in seconds of trading (S) for small bars, else in days (D)."""

    seconds: int
    step: int
    unit: str


DAY_S = 86_400

SIZES: dict[str, BarSize] = {
    "1 secs": BarSize(1, 1_800, "S"),
    "5 secs": BarSize(5, 3_600, "S"),
    "10 secs": BarSize(10, 14_400, "S"),
    "15 secs": BarSize(15, 14_400, "S"),
    "30 secs": BarSize(30, 28_800, "S"),
    **{f"{n} min{'s' if n > 1 else ''}": BarSize(60 * n, 7, "D") for n in (1, 2, 3, 5, 10, 15, 20)},
    "30 mins": BarSize(1_800, 30, "D"),
    **{f"{n} hour{'s' if n > 1 else ''}": BarSize(3_600 * n, 30, "D") for n in (1, 2, 3, 4, 8)},
    "1 day": BarSize(DAY_S, 3_650, "D"),
    "1 week": BarSize(7 * DAY_S, 3_650, "D"),
    "1 month": BarSize(28 * DAY_S, 3_650, "D"),
}
"""A request within these bounds is served by every TWS; longer ones by some, and then slowly."""

DATED = frozenset({"1 day", "1 week", "1 month"})
"""Bar sizes that TWS gives as dates; all others are instants."""

SMALL = frozenset(name for name, size in SIZES.items() if size.seconds <= 30)
"""Bar sizes that TWS paces, and keeps for six months only."""
