"""Time goes wrong: the wall clock of the bridge jumps, the bridge stands still, or TWS does; in order flow."""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from pathlib import Path
from random import Random

from tests.bridge_process import SERVE
from tests.campaign.flow import Flow
from tests.campaign.stage import Stage
from tests.campaign.trouble import Trouble

JUMPS_S = (-3600.0, -5.0, 0.0, 5.0, 86_400.0)
LONGEST_S = 4.0
"""Of a pause: longer than an order waits for its client, and than heartbeats may be missed."""


def run(seed: int, jumps: int, longest_s: float = LONGEST_S, program: tuple[str, ...] = SERVE) -> Counter[str]:
    """So many jumps and pauses; counts as in `Flow`, and `faults`. AssertionError: something is lost, or came late."""
    dice = Random(seed)
    with tempfile.TemporaryDirectory() as directory:
        trouble = Trouble(Path(directory))
        stage = Stage(Path(directory), environment=trouble.environment, program=program)
        with stage, Flow(stage, seed) as flow:
            for _ in range(jumps):
                threading.Event().wait(dice.uniform(0, 1))
                match dice.choice(("jump", "restart", "bridge", "tws")):
                    case "bridge":
                        stage.pause_bridge(dice.uniform(0, longest_s))
                    case "tws":
                        flow.pauses.append(stage.pause_simulator(dice.uniform(0, longest_s)))
                    case what:
                        trouble.shift_clock(dice.choice(JUMPS_S))
                        if what == "restart":
                            stage.kill_bridge()
                            stage.start_bridge()
                            stage.bridge.wait_ready()
            return flow.judge() + Counter(faults=jumps)
