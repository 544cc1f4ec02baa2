"""One program of the demo: a process in a group of its own, and the lines that it prints."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

TERM_SECONDS = 3.0


class Actor:
    """A running Python module. Its output, stderr included, is read without waiting."""

    def __init__(self, name: str, arguments: list[str], environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.lines: list[str] = []
        self._rest = b""
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        os.set_blocking(self.fileno(), False)

    def fileno(self) -> int:
        """The pipe with its output, for a selector."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    @property
    def exit_code(self) -> int | None:
        """None while it runs, negative when a signal ended it."""
        return self._process.poll()

    def read(self) -> list[str] | None:
        """The lines that have come; None when it has closed its output."""
        try:
            chunk = os.read(self.fileno(), 65536)
        except BlockingIOError:
            return []
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        texts = [line.decode(errors="replace") for line in lines]
        self.lines += texts
        return texts if chunk else None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and all that it has started; harmless when they are gone."""
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            pass

    def wait(self, seconds: float) -> bool:
        """True when it ends within so many seconds."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End it as a crash would, with no chance to tidy up."""
        self.signal(signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """See to it that it has ended."""
        if not self.wait(TERM_SECONDS):
            self.kill()
        self.signal(signal.SIGKILL)
        assert self._process.stdout is not None
        self._process.stdout.close()
