"""A power failure, simulated: of the journal's files what was synced is left for sure. Needs gcc or cc."""

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
BLOCK = 4096
"""Of a disk: it is written whole or not at all."""

MOST_ROWS = 1_000
"""Between two failures of a journal: SQLite moves its log to the file in between, and begins it anew."""

LONGEST_S = 2.0
"""Between two failures of a whole bridge."""


def fail_power(home: Path, dice: Random) -> None:
    """Leave of each file of the journal what was synced, and of what was written or deleted since then this and that.

    Mostly all of that is lost, sometimes each block for itself.
    """
    is_everything_lost = dice.random() < 0.75
    files = {file for file in home.glob("journal.*") if TWIN not in file.name}
    twins = {twin.with_name(twin.name.removesuffix(TWIN)): twin for twin in home.glob(f"journal.*{TWIN}")}
    for file in sorted(files | twins.keys()):
        synced = twins[file].read_bytes() if file in twins else None
        written = synced if is_everything_lost else file.read_bytes() if file in files else None
        left = _left(synced, written, dice)
        file.unlink(missing_ok=True)
        if left is not None:
            file.write_bytes(left)
            file.chmod(0o600)
    for rest in home.glob(f"journal.*{TWIN}*"):
        rest.unlink()


def _left(synced: bytes | None, written: bytes | None, dice: Random) -> bytes | None:
    """One of two contents of a file, or blocks of both where there are both; None where it is not there at all."""
    if synced is None or written is None:
        return dice.choice((synced, written))
    size = len(dice.choice((synced, written)))
    starts = range(0, size, BLOCK)
    blocks = ((dice.choice((synced, written))[start : start + BLOCK]).ljust(BLOCK, b"\0") for start in starts)
    return b"".join(blocks)[:size]


def remember(home: Path) -> None:
    """What is there while nobody writes has long been on the disk."""
    for file in list(home.glob("journal.*")):
        shutil.copy(file, file.with_name(file.name + TWIN))


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
            acknowledged = _write(home, library, dice.randrange(1, MOST_ROWS))
            fail_power(home, dice)
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
                fail_power(stage.home, dice)
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
