"""Subjects of the API, each whole in its module; a new one is added to `FAMILIES` and nowhere else."""

from __future__ import annotations

from twssim.answers import Answer
from twssim.families import (
    advisor,
    bulletins,
    configuration,
    contract_cancel,
    depth,
    depth_exchanges,
    display_groups,
    exercise,
    fundamentals,
    head_timestamp,
    histogram,
    historical_schedule,
    historical_ticks,
    login,
    market_rules,
    matching_symbols,
    news,
    option_calculations,
    option_chains,
    order_bound,
    real_time_bars,
    scanner,
    smart_components,
    tick_by_tick,
    tick_news,
    verification,
    wsh,
)
from twssim.family import Asked, Family, Told

FAMILIES: tuple[Family, ...] = (
    advisor.FAMILY,
    bulletins.FAMILY,
    configuration.FAMILY,
    contract_cancel.FAMILY,
    depth.FAMILY,
    depth_exchanges.FAMILY,
    display_groups.FAMILY,
    exercise.FAMILY,
    fundamentals.FAMILY,
    head_timestamp.FAMILY,
    histogram.FAMILY,
    historical_schedule.FAMILY,
    historical_ticks.FAMILY,
    login.FAMILY,
    market_rules.FAMILY,
    matching_symbols.FAMILY,
    news.FAMILY,
    option_calculations.FAMILY,
    option_chains.FAMILY,
    order_bound.FAMILY,
    real_time_bars.FAMILY,
    scanner.FAMILY,
    smart_components.FAMILY,
    tick_by_tick.FAMILY,
    tick_news.FAMILY,
    verification.FAMILY,
    wsh.FAMILY,
)

ASKED: dict[int, Asked] = {asked.message_id: asked for family in FAMILIES for asked in family.asked}
"""By message id."""

TOLD: dict[type[Answer], Told] = {told.kind: told for family in FAMILIES for told in family.told}
