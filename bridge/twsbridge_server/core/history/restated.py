"""Whether TWS now tells other prices for bars that are kept: a split, or a correction of a whole stretch of time."""

from __future__ import annotations

from collections.abc import Iterable

from twsbridge_server.core.history.blocks import Block, Columns

TOLERANCE = 1e-4
"""Of the close. The smallest split moves it a hundred times as much, and no rounding does."""


def is_restated(kept: Iterable[Block], told: Columns) -> bool:
    """Compare the closes of bars that are in both; one that was corrected among many is no restatement."""
    closes: dict[int, float] = dict(zip(told["time_us"], told["close"], strict=True))
    both: list[tuple[float, float]] = [
        (close, closes[time])
        for block in kept
        for time, close in zip(block.columns["time_us"], block.columns["close"], strict=True)
        if time in closes
    ]
    differing = sum(abs(now - then) > TOLERANCE * abs(then) for then, now in both)
    return 2 * differing > len(both)
