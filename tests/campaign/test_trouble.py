from __future__ import annotations

import errno
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.campaign import preload
from tests.campaign.trouble import Trouble

pytestmark = pytest.mark.skipif(preload.compiler() is None, reason=preload.WHY_NOT)


def test_the_call_that_was_chosen_fails_and_the_clock_is_wrong(tmp_path: Path) -> None:
    trouble = Trouble(tmp_path)
    trouble.break_disk(after=3, error=errno.ENOSPC, lasts=False)
    trouble.shift_clock(3600.0)
    script = """
import os, sys, time
file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
said = []
for number in range(4):
    try:
        os.write(file, b"x")
        said.append("ok")
    except OSError as error:
        said.append(str(error.errno))
print(*said, time.time())
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "journal.db")],
        env=trouble.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    *said, clock = done.stdout.split()
    assert said == ["ok", str(errno.ENOSPC), "ok", "ok"] and trouble.failed == 1
    assert 3500 < float(clock) - time.time() < 3700
