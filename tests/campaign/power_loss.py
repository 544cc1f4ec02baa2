"""A power failure, simulated: of the journal's files only what was synced is left. Needs a C compiler (gcc or cc)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path
from random import Random

from tests.bridge_process import SERVE
from tests.campaign import preload
from tests.campaign.flow import Flow
from tests.campaign.stage import Stage
from twsbridge_server.journal_file import Journal

HERE = Path(__file__).parent
WRITER = HERE.parent / "server" / "journal_writer.py"
TWIN = ".synced"
LONGEST_S = 2.0
"""Between two failures of a whole bridge."""


def fail_power(home: Path) -> None:
    """Leave of each file of the journal what was synced; one that never was is gone."""
    for file in [each for each in home.glob("journal.*") if TWIN not in each.name]:
        file.unlink()
    for twin in home.glob(f"journal.*{TWIN}"):
        twin.rename(twin.with_name(twin.name.removesuffix(TWIN)))
    for rest in home.glob(f"journal.*{TWIN}.part"):
        rest.unlink()


def remember(home: Path) -> None:
    """What is there while nobody writes has long been on the disk."""
    for name in ("journal.db", "journal.db-wal", "journal.mark"):
        if (home / name).exists():
            shutil.copy(home / name, home / (name + TWIN))


def run(seed: int, failures: int = 5) -> Counter[str]:
    """A writer loses its power again and again; counts of `failures`, `acknowledged` and `found` rows.

    AssertionError: something that was acknowledged is gone, or the journal is not whole.
    """
    dice, counts = Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        library = preload.build("synced", home)
        for _ in range(failures):
            remember(home)
            acknowledged = _write(home, library, dice.randrange(1, 300))
            fail_power(home)
            journal = Journal(home / "journal.db")
            (_, following) = journal.head("sys|")
            restored = journal.restore()
            journal.close()
            assert following > acknowledged, f"seed {seed}: {acknowledged} was acknowledged, {following - 1} is there"
            assert [intent.order_id for intent in restored.intents] == [*range(1, following)]
            assert not restored.replaced, f"seed {seed}: the mark was ahead of what was synced"
            counts.update(failures=1)
            counts["acknowledged"], counts["found"] = acknowledged, following - 1
    return counts


def run_bridge(seed: int, failures: int, program: tuple[str, ...] = SERVE) -> Counter[str]:
    """The power of a whole bridge fails in order flow; counts as in `Flow`, and `faults`. AssertionError as there."""
    dice = Random(seed)
    with tempfile.TemporaryDirectory() as directory:
        library = preload.build("synced", Path(directory))
        stage = Stage(Path(directory), program=program, environment={"LD_PRELOAD": str(library)})
        with stage, Flow(stage, seed) as flow:
            for _ in range(failures):
                threading.Event().wait(dice.uniform(0, LONGEST_S))
                stage.kill_bridge()
                fail_power(stage.home)
                remember(stage.home)
                stage.start_bridge()
                stage.bridge.wait_ready()
            return flow.judge() + Counter(faults=failures)


def _write(home: Path, library: Path, rows: int) -> int:
    """Kill a writer after about so many rows; the last one that it said was written."""
    command = [sys.executable, str(WRITER), str(home / "journal.db")]
    acknowledged = 0
    environment = {**os.environ, "LD_PRELOAD": str(library)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as writer:
        assert writer.stdout is not None
        for _ in range(rows):
            acknowledged = int(writer.stdout.readline())
        writer.kill()
        for line in writer.stdout:
            acknowledged = int(line) if line.endswith("\n") else acknowledged
    return acknowledged
