"""The processes of a campaign: a simulated TWS with a ledger on disk, and a bridge; each can be killed."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from tests.bridge_process import SERVE, BridgeProcess, kept_ports
from tests.ports import kept_port
from tests.waiting import eventually
from twsbridge import Client
from twssim.ledger import Record, read_ledger

CASH = "1000000000000"
RECOVERY = 60.0
NOTHING: Mapping[str, str] = {}
UNSETTLED = frozenset({"PendingSubmit", "PendingCancel", "UNKNOWN"})


class Span(NamedTuple):
    """From one instant to another, epoch seconds."""

    begin: float
    end: float


class Stage:
    """Leaves nothing running. `directory` keeps the ledger, the bridge's home and its log.

    `program` runs as the bridge, with `environment` besides what there is.
    """

    def __init__(
        self,
        directory: Path,
        simulator: tuple[str, ...] = (),
        program: tuple[str, ...] = SERVE,
        environment: Mapping[str, str] = NOTHING,
    ) -> None:
        self._directory = directory
        self._simulator_flags = simulator
        self._program = program
        self._environment = environment
        self._ports = kept_ports()
        self._tws_port = str(kept_port())
        self._control = 0
        self._simulator: subprocess.Popen[str] | None = None
        self._bridge: BridgeProcess | None = None

    @property
    def bridge(self) -> BridgeProcess:
        """The bridge that was started last."""
        assert self._bridge is not None
        return self._bridge

    @property
    def home(self) -> Path:
        """The home of the bridge."""
        return self._directory / "home"

    @property
    def ledger_file(self) -> Path:
        """Where the simulator writes down what really happened."""
        return self._directory / "ledger.jsonl"

    def ledger(self) -> list[Record]:
        """Everything that really happened so far."""
        return read_ledger(self.ledger_file)

    def start_simulator(self) -> None:
        """On the port it had before; it rebuilds itself from the ledger."""
        flags = ["--port", self._tws_port, "--ledger", str(self.ledger_file), "--control", "0", "--cash", CASH]
        command = [sys.executable, "-m", "twssim", *flags, *self._simulator_flags]
        self._simulator = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self._said()
        self._control = int(self._said())

    def start_bridge(self, program: tuple[str, ...] = ()) -> None:
        """Begin to start it, or another program instead; `bridge.wait_ready()` waits for it."""
        self._bridge = BridgeProcess(
            *(self.home, f"127.0.0.1:{self._tws_port}", *self._ports),
            program=program or self._program,
            environment=self._environment,
        )

    def kill_simulator(self) -> None:
        """SIGKILL."""
        if self._simulator is not None:
            self._simulator.kill()
            self._simulator.wait()
            assert self._simulator.stdout is not None
            self._simulator.stdout.close()

    def kill_bridge(self) -> None:
        """SIGKILL; harmless when it has ended."""
        if self._bridge is not None:
            self._bridge.__exit__(None, None, None)

    def pause_simulator(self, seconds: float) -> Span:
        """SIGSTOP, and SIGCONT later: a TWS that stands still. When that was."""
        assert self._simulator is not None
        return _pause(self._simulator, seconds)

    def pause_bridge(self, seconds: float) -> Span:
        """SIGSTOP, and SIGCONT later. When that was."""
        return _pause(self.bridge.process, seconds)

    def fault(self, **command: Any) -> bool:
        """Give the simulator a command, as `do="cut"` or `clear="all"`; False when it cannot be done now."""
        with socket.create_connection(("127.0.0.1", self._control)) as control, control.makefile("rw") as lines:
            lines.write(json.dumps(command) + "\n")
            lines.flush()
            return bool(json.loads(lines.readline())["ok"])

    def settle(self, tws: Client) -> None:
        """Wait until the bridge is READY and knows of each order what became of it."""
        eventually(lambda: _is_settled(tws), "the bridge is READY and in doubt of nothing", RECOVERY)

    def _said(self) -> str:
        """The port in the simulator's next line."""
        assert self._simulator is not None and self._simulator.stdout is not None
        line = self._simulator.stdout.readline()
        assert line, "the simulator did not start"
        return line.strip().rpartition(":")[2]

    def __enter__(self) -> Stage:
        self.start_simulator()
        self.start_bridge()
        self.bridge.wait_ready()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill_bridge()
        self.kill_simulator()


def _pause(process: subprocess.Popen[str], seconds: float) -> Span:
    begin = time.time()
    process.send_signal(signal.SIGSTOP)
    try:
        threading.Event().wait(seconds)
    finally:
        process.send_signal(signal.SIGCONT)
    return Span(begin, time.time())


def _is_settled(tws: Client) -> bool:
    status = tws.status()
    is_calm = status.state == "READY" and status.unknown_orders == 0
    return is_calm and all(order.status not in UNSETTLED for order in tws.orders())
