"""The Nth write or sync of the journal fails, for each N: in order flow, and while the bridge starts.

Full, broken or read-only; once or for a while; with or without half a write on the disk; sometimes with a kill.
"""

from __future__ import annotations

import errno
import tempfile
import threading
from collections import Counter
from pathlib import Path
from random import Random

from tests.campaign.flow import Flow
from tests.campaign.stage import Stage
from tests.campaign.trouble import Trouble
from tests.waiting import PATIENCE, eventually
from twsbridge import BridgeError, Client

ERRORS = (errno.EIO, errno.ENOSPC, errno.EROFS)
ANSWER_S = 5.0
STARTS = 8
"""One failure in so many hits a bridge that starts."""


def run(seed: int, failures: int, first: int = 1) -> Counter[str]:
    """Fail the calls `first`, `first` + 1, ...; counts as in `Flow`, and `faults`. AssertionError as there."""
    dice = Random(seed)
    with tempfile.TemporaryDirectory() as directory:
        trouble = Trouble(Path(directory))
        stage = Stage(Path(directory), environment=trouble.environment)
        with stage, Flow(stage, seed) as flow:
            for number in range(first, first + failures):
                if dice.randrange(STARTS):
                    _fail_in_flow(stage, trouble, number, dice)
                else:
                    _fail_at_start(stage, trouble, number, dice)
            return flow.judge() + Counter(faults=failures)


def _fail_in_flow(stage: Stage, trouble: Trouble, number: int, dice: Random) -> None:
    lasts, is_killed = dice.random() < 0.6, dice.random() < 0.5
    trouble.break_disk(number, dice.choice(ERRORS), lasts, is_torn=dice.random() < 0.5)
    try:
        eventually(lambda: trouble.failed, "", PATIENCE)
    except AssertionError:
        said = f"{trouble.calls} so far; exit code {stage.bridge.process.poll()}:\n{stage.bridge.log[-3000:]}"
        raise AssertionError(f"call {number} about the journal was not made; {said}") from None
    if lasts:
        threading.Event().wait(dice.uniform(0, 0.5))
    if is_killed:
        stage.kill_bridge()
    trouble.mend_disk()
    _revive(stage)


def _fail_at_start(stage: Stage, trouble: Trouble, number: int, dice: Random) -> None:
    """It comes up, or says why not; with a disk that works it comes up."""
    stage.kill_bridge()
    trouble.break_disk(1 + number % 25, dice.choice(ERRORS), lasts=dice.random() < 0.5)
    stage.start_bridge()
    eventually(lambda: trouble.failed or stage.bridge.process.poll() is not None, "trouble at the start")
    threading.Event().wait(dice.uniform(0, 0.5))
    trouble.mend_disk()
    _revive(stage)


def _revive(stage: Stage) -> None:
    """As whoever looks after a bridge starts it again when it has ended, until it answers; a failure may be a while in
    ending it. It ends with a sentence, never a traceback."""

    def answers() -> bool:
        if stage.bridge.process.poll() is not None:
            stage.start_bridge()
        try:
            with Client(stage.bridge.connection_file, timeout=ANSWER_S) as tws:
                return bool(tws.status().state)
        except BridgeError:
            return False

    eventually(answers, "the bridge answers")
    assert "Traceback" not in stage.bridge.log, stage.bridge.log[-3000:]
