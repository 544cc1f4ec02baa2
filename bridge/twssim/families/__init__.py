"""Subjects of the API, each whole in its module; a new one is added to `FAMILIES` and nowhere else."""

from __future__ import annotations

from twssim.answers import Answer
from twssim.families import depth, depth_exchanges, market_rules
from twssim.family import Asked, Family, Told

FAMILIES: tuple[Family, ...] = (
    depth.FAMILY,
    depth_exchanges.FAMILY,
    market_rules.FAMILY,
)

ASKED: dict[int, Asked] = {asked.message_id: asked for family in FAMILIES for asked in family.asked}
"""By message id."""

TOLD: dict[type[Answer], Told] = {told.kind: told for family in FAMILIES for told in family.told}
