"""The command line in this process, against a real bridge."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.bridge_process import BridgeProcess
from tests.waiting import eventually
from twsbridge.cli import main

Captured = pytest.CaptureFixture[str]
Ran = tuple[int, str, str]


@contextmanager
def process(*words: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """`twsbridge` with these words as a process of its own; it is killed at the latest when the test leaves it."""
    with subprocess.Popen(
        [sys.executable, "-m", "twsbridge.cli", *words],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


class CommandLine:
    """Runs one command after the other; each returns its exit code, what was on stdout and on stderr."""

    def __init__(self, bridge: BridgeProcess, capsys: Captured) -> None:
        self.bridge = bridge
        self._capsys = capsys

    def __call__(self, *words: str) -> Ran:
        self._capsys.readouterr()
        code = main([*words, "--connection", str(self.bridge.connection_file)])
        out, err = self._capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    def rows(self, *words: str) -> list[dict[str, str]]:
        """The answer as rows of CSV; the command has to succeed."""
        code, out, err = self(*words, "-o", "csv")
        assert code == 0, err
        return list(csv.DictReader(io.StringIO(out)))

    def wait_ready(self) -> None:
        """Until the bridge's session with TWS is ready."""
        eventually(lambda: self("status")[0] == 0, "the state READY")

    def eventually_rows(self, condition: Callable[[list[dict[str, str]]], object], *words: str) -> list[dict[str, str]]:
        """The rows as soon as the condition holds of them."""
        return eventually(lambda: rows if condition(rows := self.rows(*words)) else [], " ".join(words))
