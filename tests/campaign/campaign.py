"""Which tests make up the campaign, how often each is run, and the table of what came out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from tests.benchmarks import recovery
from tests.campaign import (
    backups,
    clocks,
    controls,
    corruption,
    crash_points,
    disk_faults,
    failing_disk,
    fuzz_client,
    fuzz_config,
    fuzz_frames,
    fuzz_tws,
    fuzz_zmtp,
    halts,
    incidents,
    joins,
    kills,
    power_loss,
    rechunked,
    repeats,
    simulated,
    state_machine,
    storm,
)
from tests.campaign.oracles import Doubled


class Part(NamedTuple):
    """One row of the table: `run(seed)` does it once, `runs` is how often a whole campaign does it."""

    name: str
    what: str
    run: Callable[[int], Counter[str]]
    runs: int


def _recovery(seed: int) -> Counter[str]:
    """Judged by the work of the processor: how long it took also says how busy the machine is."""
    found = recovery.measure(10_000, 1_000)
    assert found["ready_work"] < 3.0 and found["replay_work"] < 0.2, f"too slow: {found}"
    return Counter(orders=10_000, faults=1)


def _crashes(seed: int) -> Counter[str]:
    return crash_points.run(seed, (1 + seed % 5,))


def _control(seed: int) -> Counter[str]:
    weaknesses = tuple(controls.TRIALS)
    return controls.run(seed, (weaknesses[seed % len(weaknesses)],))


PARTS = (
    Part("T1", "kill -9 of the bridge, 10 times", lambda seed: kills.run(seed, 10), 200),
    Part("T2", "crash at each named point, one hit later each time", _crashes, 5),
    Part("T3", "kill -9 of TWS, both, loggers and clients, 10 times", lambda seed: kills.run(seed, 10, "others"), 90),
    Part("T4", "power failures of a journal, 5", power_loss.run, 100),
    Part("T4+", "power failures of a bridge, 5", lambda seed: power_loss.run_bridge(seed, 5), 100),
    Part("T6", "TWS's stream cut at 500 places", lambda seed: rechunked.run(seed, 500), 40),
    Part("T7", "10,000 connections of strangers", lambda seed: fuzz_zmtp.run(seed, 10_000), 10),
    Part("T13", "200 joins in full flow", lambda seed: joins.run(seed, 200), 100),
    Part("T14", "200 random stories of 100 steps", state_machine.run, 100),
    Part("T15", "seeded simulation of the core", simulated.run, 50_000),
    Part("T17", "200 orders, each repeated", lambda seed: repeats.run(seed, 200), 100),
    Part("T18", "incidents of others", incidents.run, 100),
    Part("T20", "recovery with 10,000 orders", _recovery, 3),
    Part("T21", "disks that take nothing, 3 times", disk_faults.run, 40),
    Part("T21+", "the Nth call about the journal fails, N to 40", lambda seed: failing_disk.run(seed, 40), 20),
    Part("clock", "10 jumps of the clock, and pauses", lambda seed: clocks.run(seed, 10, 30.0), 40),
    Part("O6", "10 halts, restarts, absences of TWS", lambda seed: halts.run(seed, 10), 40),
    Part("copies", "3 older copies of a journal put back", lambda seed: backups.run(seed, 3), 40),
    Part("T22", "200 damages to a journal", corruption.run, 100),
    Part("frames", "100,000 wrong commands", lambda seed: fuzz_frames.run(seed, 100_000), 50),
    Part("tws", "2,000 wrong messages of TWS", lambda seed: fuzz_tws.run(seed, 2_000), 20),
    Part("files", "1,000 wrong versions of each file", lambda seed: fuzz_config.run(seed, 1_000), 10),
    Part("client", "50,000 wrong replies and events", lambda seed: fuzz_client.run(seed, 50_000), 20),
    Part("storm", "20 faults of TWS, and kills", lambda seed: storm.run(seed, 20), 100),
    Part(
        "control", "a bridge with a guard switched off, another each time: it is seen", _control, len(controls.TRIALS)
    ),
)


class Row(NamedTuple):
    """What came out of one part. `failures` name the seeds."""

    part: Part
    runs: int
    counts: Counter[str]
    seconds: float
    failures: list[str]


def play(part: Part, seed: int, runs: int, until: float) -> Row:
    """So many runs with the seeds that follow, or until that second of the monotonic clock; at least one."""
    counts: Counter[str] = Counter()
    failures: list[str] = []
    began, done = time.monotonic(), 0
    while done < runs and (not done or time.monotonic() < until):
        try:
            counts += part.run(seed + done)
        except Exception as error:
            counts["duplicates" if isinstance(error, Doubled) else "losses"] += isinstance(error, AssertionError)
            failures.append(f"{part.name} --seed {seed + done}: {type(error).__name__}: {error}")
        done += 1
    return Row(part, done, counts, time.monotonic() - began, failures)


COLUMNS = ("faults", "orders", "fills", "duplicates", "losses")


def table(rows: Iterable[Row]) -> str:
    """One line for each part, and the sum."""
    head = ("", "runs", *COLUMNS, "failed", "seconds")
    lines = [[row.part.name, row.runs, *(row.counts[name] for name in COLUMNS), len(row.failures), round(row.seconds)]
             for row in rows]  # fmt: skip
    lines.append(["all", *(sum(int(line[place]) for line in lines) for place in range(1, len(head)))])
    cells = [head, *([f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in line] for line in lines)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(head))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells)
