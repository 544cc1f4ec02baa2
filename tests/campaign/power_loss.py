"""A power failure, simulated: of the journal's files only what was synced is left. Needs a C compiler (gcc or cc)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from twsbridge_server.journal_file import Journal

HERE = Path(__file__).parent
WRITER = HERE.parent / "server" / "journal_writer.py"
TWIN = ".synced"


def compiler() -> str | None:
    """The C compiler of this machine."""
    return shutil.which("gcc") or shutil.which("cc")


def build(directory: Path) -> Path:
    """The library that remembers what was synced, to be loaded with LD_PRELOAD."""
    library = directory / "synced.so"
    command = [str(compiler()), "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "synced.c"), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return library


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
        library = build(home)
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
