"""All processes of a run: simulators, bridges and contenders. Every one of them is a whole operating-system process."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.source_tree import ROOT

PATIENCE_S = 30.0

CONTENDERS = ("ibapi", "ib_async", "client", "raw")
DIRECT = ("ibapi", "ib_async")

Job = dict[str, Any]


class Program:
    """A child that speaks in lines; `ready` is its first one. It ends when its stdin is closed, or is made to."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._said: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()
        self.ready = self.hear()

    def tell(self, line: str) -> None:
        """Write one line to it."""
        assert self._process.stdin
        print(line, file=self._process.stdin, flush=True)

    def hear(self) -> str:
        """Its next line; raises RuntimeError with its last words when it says nothing more."""
        assert self._process.stdout
        watchdog = threading.Timer(PATIENCE_S, self._process.kill)
        watchdog.start()
        line = self._process.stdout.readline()
        watchdog.cancel()
        if not line:
            self._process.wait()
            raise RuntimeError(f"{self._process.args} ended: {''.join(self._said[-20:])}")
        return line

    def close(self) -> None:
        """End it, at first kindly."""
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _listen(self) -> None:
        assert self._process.stderr
        with self._process.stderr as stream:
            self._said.extend(stream)


class Arena:
    """Two simulators with a bridge each, for bursts and for stamps, and contenders as they are needed.

    As long as nobody is subscribed, a simulator sends nothing: what is not measured does not disturb.
    """

    def __init__(self, prices_per_burst: int, stamps_per_second: int) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._programs: list[Program] = []
        self._workers: dict[tuple[str, int], Program] = {}
        self._client_ids = itertools.count(1000, 1000)
        try:
            self.bursts = self._market("bursts", "--burst", str(prices_per_burst))
            self.stamps = self._market("stamps", "--rate", str(stamps_per_second))
        except BaseException:
            self.close()
            raise

    def run(self, name: str, market: dict[str, str], job: Job, consumers: int = 1) -> list[Any]:
        """Give so many workers of a contender the same job at once; their results."""
        workers = [self._worker(name, number) for number in range(consumers)]
        for worker in workers:
            worker.tell(json.dumps({**job, "target": market[name]}))
        return [json.loads(worker.hear()) for worker in workers]

    def _market(self, name: str, *options: str) -> dict[str, str]:
        """A simulator and a bridge to it: where each contender connects."""
        port = self._start("tests.benchmarks.simulator", *options).ready.strip()
        home = Path(self._folder.name, name)
        ports = [f"--{socket}-port=0" for socket in ("cmd", "evt", "md")]
        flags = (*ports, "--commands-per-second=100000")
        self._start("twsbridge.cli", "serve", f"--tws=127.0.0.1:{port}", f"--home={home}", *flags)
        return {each: port if each in DIRECT else str(home / "connection.json") for each in CONTENDERS}

    def _worker(self, name: str, number: int) -> Program:
        if (name, number) not in self._workers:
            worker = self._start("tests.benchmarks.worker", name, str(next(self._client_ids)))
            self._workers[name, number] = worker
        return self._workers[name, number]

    def _start(self, *arguments: str) -> Program:
        program = Program(*arguments)
        self._programs.append(program)
        return program

    def close(self) -> None:
        """End every process and remove every file."""
        for program in reversed(self._programs):
            program.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
