"""Subjects of the API, each whole in its module; a new one is added to `FAMILIES` and nowhere else."""

from __future__ import annotations

from twssim.answers import Answer
from twssim.families import depth, depth_exchanges, historical_ticks, market_rules, real_time_bars, tick_by_tick
from twssim.family import Asked, Family, Told

FAMILIES: tuple[Family, ...] = (
    depth.FAMILY,
    depth_exchanges.FAMILY,
    historical_ticks.FAMILY,
    market_rules.FAMILY,
    real_time_bars.FAMILY,
    tick_by_tick.FAMILY,
)

ASKED: dict[int, Asked] = {asked.message_id: asked for family in FAMILIES for asked in family.asked}
"""By message id."""

TOLD: dict[type[Answer], Told] = {told.kind: told for family in FAMILIES for told in family.told}
