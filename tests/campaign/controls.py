"""The control of the campaign: bridges that lose, double or send too late. The judges have to see every one of them."""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.campaign import backups, halts, kills, naive, power_loss
from tests.campaign.flow import Flow
from tests.campaign.stage import Stage

Trial = Callable[[int, tuple[str, ...]], object]
MUTE_S = 7.0
"""Longer than a bridge waits for a sign of life of an order."""


def _muted(seed: int, program: tuple[str, ...]) -> None:
    """TWS tells nothing of its orders for a while."""
    with tempfile.TemporaryDirectory() as directory:
        with Stage(Path(directory), program=program) as stage, Flow(stage, seed) as flow:
            stage.fault(do="mute_orders", seconds=MUTE_S)
            threading.Event().wait(MUTE_S)
            flow.judge()


TRIALS: dict[Callable[[], None], Trial] = {
    naive.resends: _muted,
    naive.takes_fills_only_as_they_happen: lambda seed, program: kills.run(seed, 4, "bridge", program),
    naive.sends_before_it_writes: lambda seed, program: kills.run(seed, 12, "bridge", program),
    naive.ignores_halts: lambda seed, program: halts.run(seed, 4, program),
    naive.never_syncs: lambda seed, program: power_loss.run_bridge(seed, 3, program),
    naive.trusts_an_older_copy: lambda seed, program: backups.run(seed, 2, program),
}
"""Which trouble shows a weakness."""

TRIES = 3


def run(seed: int, weaknesses: tuple[Callable[[], None], ...] = tuple(TRIALS)) -> Counter[str]:
    """Each weakness until it is seen; counts `faults`. AssertionError: one was not seen with several seeds."""
    for weakness in weaknesses:
        assert any(_is_seen(weakness, seed + further) for further in range(TRIES)), f"{weakness.__name__} is not seen"
    return Counter(faults=len(weaknesses))


def _is_seen(weakness: Callable[[], None], seed: int) -> bool:
    try:
        TRIALS[weakness](seed, naive.weak(weakness))
    except AssertionError:
        return True
    return False
