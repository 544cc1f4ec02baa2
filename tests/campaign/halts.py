"""O6 under load: everything, an account or a client is halted, the bridge goes down in order, TWS is away."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

from tests.bridge_process import SERVE
from tests.campaign.flow import Flow
from tests.campaign.stage import RECOVERY, Span, Stage
from tests.waiting import eventually
from twsbridge import BridgeError, Client
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring

SCOPES: tuple[dict[str, str], ...] = ({}, {"account": "DU1234567"}, {"client": "default"})
"""Each of them concerns every trader of the campaign."""

LONGEST_S = 1.0


def run(seed: int, halts: int, program: tuple[str, ...] = SERVE) -> Counter[str]:
    """So many of them; counts as in `Flow`, and `faults`. AssertionError: what was halted, or refused, was sent."""
    dice = Random(seed)
    with tempfile.TemporaryDirectory() as directory:
        stage = Stage(Path(directory), program=program)
        with stage, Flow(stage, seed) as flow, Client(keyring.add(Home(stage.home), "admin", "admin")) as admin:
            for _ in range(halts):
                _wait(dice)
                match dice.choice(("halt", "halt", "down", "away")):
                    case "halt":
                        flow.halts.append(_halt(stage, admin, dice))
                    case "down":
                        assert stage.bridge.stop() == 0
                        stage.start_bridge()
                        stage.bridge.wait_ready()
                    case _:
                        stage.fault(do="restart", seconds=dice.uniform(0.1, 2.0))
            return flow.judge() + Counter(faults=halts)


def _halt(stage: Stage, admin: Client, dice: Random) -> Span:
    """Halted for a while; from the answer to the wish to resume. A restart in the middle changes nothing."""
    scope = dice.choice(SCOPES)
    _insist(lambda: admin.halt("campaign", cancel=dice.random() < 0.3, **scope))
    begin = time.time()
    _wait(dice)
    if dice.random() < 0.4:
        stage.kill_bridge()
        stage.start_bridge()
        stage.bridge.wait_ready()
        _wait(dice)
    end = time.time()
    _insist(lambda: admin.resume("campaign", **scope))
    return Span(begin, end)


def _insist(act: Callable[[], object]) -> None:
    """Until it is answered: the bridge may just be connecting again."""

    def answered() -> bool:
        with suppress(BridgeError):
            act()
            return True
        return False

    eventually(answered, "the kill switch answers", RECOVERY)


def _wait(dice: Random) -> None:
    threading.Event().wait(dice.uniform(0, LONGEST_S))
