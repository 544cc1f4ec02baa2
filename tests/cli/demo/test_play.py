"""The whole demo as a user starts it."""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.waiting import PATIENCE
from twssim import read_ledger


def test_it_proves_what_it_says_and_leaves_nothing_running(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "twsbridge.cli", "demo"],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.count("\nproven ") == 3 and "BROKEN" not in done.stdout
    for event in ("KILLED the fills logger", "started it again", "modified", "cancelled", "sent twice"):
        assert event in done.stdout
    (said,) = re.findall(r"(\d+) in the simulator's ledger, (\d+) in fills.csv", done.stdout)
    output = tmp_path / "demo-output"
    executions = [each for each in read_ledger(output / "ledger.jsonl") if each["record"] == "execution"]
    rows = list(csv.DictReader((output / "fills.csv").read_text().splitlines()))
    assert said == (str(len(executions)), str(len(rows))) and len(rows) == len(executions) > 20
    assert (output / "AAPL.png").read_bytes().startswith(b"\x89PNG")
    assert list(scratch.iterdir()) == []
