"""SIGKILL at random instants in order flow: of the bridge, of TWS, of both; and of loggers and traders besides."""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.bridge_process import SERVE
from tests.campaign.flow import ORDERS_PER_SECOND, Flow
from tests.campaign.programs import kinds
from tests.campaign.stage import Stage

LONGEST_S = 1.5
"""After the bridge can be reached: in its recovery, or in the middle of the flow."""


def bridge(stage: Stage, dice: Random) -> None:
    """The bridge alone."""
    _pause(dice)
    stage.kill_bridge()
    stage.start_bridge()
    stage.bridge.wait_ready()


def simulator(stage: Stage, dice: Random) -> None:
    """TWS alone; the bridge connects again by itself."""
    _pause(dice)
    stage.kill_simulator()
    stage.start_simulator()
    _pause(dice)


def both(stage: Stage, dice: Random) -> None:
    """One short after the other, in either order."""
    _pause(dice)
    first, second = dice.sample([stage.kill_bridge, stage.kill_simulator], 2)
    first()
    threading.Event().wait(dice.uniform(0, 0.1))
    second()
    stage.start_simulator()
    stage.start_bridge()
    stage.bridge.wait_ready()


KILLS: dict[str, tuple[Callable[[Stage, Random], None], ...]] = {
    "bridge": (bridge,),
    "others": (simulator, both),
}


def run(seed: int, kills: int, whom: str = "bridge", program: tuple[str, ...] = SERVE) -> Counter[str]:
    """So many kills; counts of `faults`, `orders`, `fills`, `events`. AssertionError: something is lost or doubled."""
    dice = Random(seed)
    loggers = kinds() if whom == "others" else ()
    with (
        tempfile.TemporaryDirectory() as directory,
        Stage(Path(directory), program=program) as stage,
        Flow(stage, seed, ORDERS_PER_SECOND, loggers) as flow,
    ):
        for _ in range(kills):
            if loggers:
                flow.programs.kill_one()
            dice.choice(KILLS[whom])(stage, dice)
        return flow.judge() + Counter(faults=kills * (2 if loggers else 1))


def _pause(dice: Random) -> None:
    threading.Event().wait(dice.uniform(0.0, LONGEST_S))
