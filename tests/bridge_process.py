"""A real `twsbridge serve` as a process of its own, on free ports and with a home of its own."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.ports import kept_port
from tests.waiting import PATIENCE, eventually
from twsbridge_server.private_files import read_json

FREE_PORTS = ("--cmd-port", "0", "--evt-port", "0", "--md-port", "0")
SERVE = ("-m", "twsbridge.cli")
"""The program, as arguments of Python."""


def kept_ports() -> list[str]:
    """Flags with ports that stay the same over restarts of the bridge; they are free now."""
    return ["--cmd-port", str(kept_port()), "--evt-port", str(kept_port()), "--md-port", str(kept_port())]


class BridgeProcess:
    """`home` holds keys, journal and `connection.json`. Ends with SIGKILL at the latest on leaving."""

    def __init__(
        self,
        home: Path,
        tws: str = "127.0.0.1:1",
        *flags: str,
        program: tuple[str, ...] = SERVE,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home
        self._log = home.with_suffix(".log")
        command = [sys.executable, *program, "serve", "--home", str(home), "--tws", tws]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *FREE_PORTS, *flags],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={
                    **{name: value for name, value in os.environ.items() if not name.startswith("TWSBRIDGE_")},
                    **(environment or {}),
                },
            )

    @property
    def connection_file(self) -> Path:
        """What a client needs to connect."""
        return self.home / "connection.json"

    @property
    def connection(self) -> dict[str, Any]:
        """The content of the connection file."""
        content: dict[str, Any] = read_json(self.connection_file)
        return content

    @property
    def log(self) -> str:
        """Everything the bridge has logged so far."""
        return self._log.read_text()

    def wait_ready(self) -> str:
        """The line that says that clients may come; fails with the log when it does not come."""
        assert self.process.stdout is not None
        if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
            raise AssertionError(f"the bridge is not ready after {PATIENCE} s:\n{self.log}")
        line = self.process.stdout.readline()
        assert line.startswith("twsbridge ready: "), f"{line!r}\n{self.log}"
        return line

    def wait_logged(self, text: str, timeout: float = PATIENCE) -> None:
        """Return once the log contains this text."""
        eventually(lambda: text in self.log, f"{text!r} in the log:\n{self.log}", timeout)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop and wait; its exit code."""
        self.process.send_signal(number)
        return self.wait()

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.process.kill()
        self.wait()

    def wait(self) -> int:
        """Wait for its end; the exit code."""
        return self.process.wait(PATIENCE)

    def __enter__(self) -> BridgeProcess:
        """The running bridge, ready for clients."""
        try:
            self.wait_ready()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing running."""
        self._end()

    def _end(self) -> None:
        deadline = time.monotonic() + PATIENCE
        self.process.kill()
        self.process.wait(deadline - time.monotonic())
        assert self.process.stdout is not None
        self.process.stdout.close()
