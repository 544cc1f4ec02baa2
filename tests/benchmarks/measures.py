"""What is measured, in rounds in which the contenders take turns, and the rows that come of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple

from tests.benchmarks.arena import CONTENDERS, DIRECT, Arena, Job

BRIDGED = tuple(name for name in CONTENDERS if name not in DIRECT)
CON_IDS = (265598, 272093, 4815747, 76792991, 3691937, 8314, 756733, 320227571)
"""The stocks of a simulated TWS that are quoted in USD at SMART."""


@dataclass(frozen=True)
class Sizes:
    """How much is measured: more of everything makes the medians steadier."""

    rounds: int
    prices: int
    latency_seconds: float
    orders: int
    asks: int
    consumers: int
    stamps_per_second: int = 1000


SHORT = Sizes(rounds=3, prices=30_000, latency_seconds=0.5, orders=10, asks=100, consumers=4)
LONG = Sizes(rounds=9, prices=60_000, latency_seconds=3.0, orders=50, asks=500, consumers=8)

Figures = dict[str, float]
"""Name of a figure -> its value, of one contender in one round."""


class Row(NamedTuple):
    """One figure of all contenders: medians of the rounds, and medians of the ratios within each round."""

    name: str
    unit: str
    medians: dict[str, float]
    ratios: dict[str, dict[str, float]]
    """Of each way over the bridge -> to each direct connection."""


class Measure(NamedTuple):
    """One job for every contender in every round; `figures` makes named figures (with units) of the results."""

    run: Callable[[Arena, str], list[Any]]
    figures: Callable[[list[Any]], Figures]
    units: dict[str, str]


def measures(sizes: Sizes) -> list[Measure]:
    """Everything that is measured, in the order of the table."""
    return [
        _ticks("1 line", sizes, CON_IDS[:1], 1),
        _ticks(f"{len(CON_IDS)} lines", sizes, CON_IDS, 1),
        _ticks(f"{len(CON_IDS)} lines, {sizes.consumers} consumers", sizes, CON_IDS, sizes.consumers),
        _latency(sizes),
        _round_trips("order to first status", {"job": "orders", "count": sizes.orders}),
        _round_trips("question and answer", {"job": "asks", "count": sizes.asks}),
    ]


def rows(arena: Arena, sizes: Sizes, tell: Callable[[str], None]) -> Iterator[Row]:
    """All rows; `tell` hears how far it is."""
    for measure in measures(sizes):
        names = list(measure.units)
        tell(f"{names[0]} ...")
        rounds = [_round(arena, measure, number) for number in range(sizes.rounds)]
        for name in names:
            yield _row(name, measure.units[name], [{who: each[who][name] for who in CONTENDERS} for each in rounds])


def _round(arena: Arena, measure: Measure, number: int) -> dict[str, Figures]:
    """Every contender once; each round begins with another one."""
    first = number % len(CONTENDERS)
    turns = CONTENDERS[first:] + CONTENDERS[:first]
    return {who: measure.figures(measure.run(arena, who)) for who in turns}


def _row(name: str, unit: str, rounds: list[dict[str, float]]) -> Row:
    ratios: dict[str, dict[str, float]] = defaultdict(dict)
    for over_bridge in BRIDGED:
        for direct in DIRECT:
            ratios[over_bridge][direct] = median(each[over_bridge] / each[direct] for each in rounds)
    return Row(name, unit, {who: median(each[who] for each in rounds) for who in CONTENDERS}, dict(ratios))


def _ticks(name: str, sizes: Sizes, con_ids: tuple[int, ...], consumers: int) -> Measure:
    job: Job = {"job": "ticks", "con_ids": con_ids, "prices": sizes.prices}
    rate, cost = f"ticks, {name}", f"consumer's time a tick, {name}"

    def figures(results: list[Any]) -> Figures:
        cpu = sum(each["cpu_us"] for each in results) / len(results)
        return {rate: sum(each["rate"] for each in results) / len(results), cost: cpu}

    return Measure(lambda arena, who: arena.run(who, arena.bursts, job, consumers), figures, {rate: "1/s", cost: "us"})


def _latency(sizes: Sizes) -> Measure:
    job: Job = {"job": "latency", "con_ids": CON_IDS[:1], "seconds": sizes.latency_seconds}
    return _quantiles(f"latency at {sizes.stamps_per_second} ticks/s", job)


def _round_trips(name: str, job: Job) -> Measure:
    return _quantiles(name, job)


def _quantiles(name: str, job: Job) -> Measure:
    half, most = f"{name}, p50", f"{name}, p99"

    def figures(results: list[Any]) -> Figures:
        found = sorted(results[0])
        return {half: found[len(found) // 2], most: found[len(found) * 99 // 100]}

    return Measure(lambda arena, who: arena.run(who, arena.stamps, job), figures, {half: "us", most: "us"})
