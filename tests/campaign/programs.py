"""Programs of users that a campaign kills and starts again: loggers of fills in two languages, and traders."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.campaign.traders import Trader
from tests.waiting import eventually
from twssim.ledger import Record

ROOT = Path(__file__).parents[2]
JAVASCRIPT = ROOT / "clients" / "javascript"
PATIENCE_S = 30.0

FOLLOW = """
import sys
from twsbridge import Client, FillLog, csv_fills

with Client(sys.argv[1]) as tws:
    is_csv = sys.argv[2].endswith(".csv")
    for fill in csv_fills(sys.argv[2], tws, None) if is_csv else FillLog(sys.argv[2]).follow(tws, None):
        pass
"""


class Kind(NamedTuple):
    """A logger: the name of its file, its command for (connection, file), and how to read exec_ids in the file."""

    file: str
    command: Callable[[Path, Path], list[str]]
    read: Callable[[Path], Iterable[str]]


def _python(connection: Path, file: Path) -> list[str]:
    return [sys.executable, "-c", FOLLOW, str(connection), str(file)]


def _javascript(connection: Path, file: Path) -> list[str]:
    return ["node", str(JAVASCRIPT / "bin" / "log-fills.js"), str(file), "--connection", str(connection)]


def _from_database(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as db:
        return [exec_id for (exec_id,) in db.execute("select exec_id from fills")]


def _from_csv(file: Path) -> list[str]:
    with file.open(newline="") as lines:
        return [row["exec_id"] for row in csv.DictReader(lines)]


def _from_json(file: Path) -> list[str]:
    return [json.loads(line)["exec_id"] for line in file.read_text().splitlines()]


PYTHON = (Kind("python.db", _python, _from_database), Kind("python.csv", _python, _from_csv))
NODE = (Kind("javascript.csv", _javascript, _from_csv), Kind("javascript.jsonl", _javascript, _from_json))


def kinds() -> tuple[Kind, ...]:
    """All loggers that can run on this machine."""
    return (*PYTHON, *NODE) if shutil.which("node") and (JAVASCRIPT / "node_modules").exists() else PYTHON


class Program:
    """A process that is killed and started again; what it says goes to a file beside its own."""

    def __init__(self, command: list[str], file: Path) -> None:
        self._command = command
        self.file = file
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Begin; harmless while it runs."""
        if self._process is None or self._process.poll() is not None:
            with self.file.with_suffix(".log").open("ab") as log:
                self._process = subprocess.Popen(self._command, stdout=log, stderr=log, cwd=ROOT)

    def kill(self) -> None:
        """SIGKILL; harmless when it has ended."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class Programs:
    """Some loggers and trading processes around one bridge. Leaves nothing running."""

    def __init__(self, connection: Path, directory: Path, seed: int, loggers: Iterable[Kind], traders: int = 1) -> None:
        self._connection = connection
        self._dice = Random(seed)
        self._loggers = {kind: Program(kind.command(connection, directory / kind.file), directory / kind.file)
                         for kind in loggers}  # fmt: skip
        self._traders = [self._trading(directory / f"trader{number}.outbox", number) for number in range(traders)]

    def _trading(self, outbox: Path, number: int) -> Program:
        place = 9 - number
        command = [sys.executable, "-m", "tests.campaign.trading_process", str(self._connection), str(outbox)]
        return Program([*command, str(place), str(self._dice.randrange(10**6))], outbox)

    def kill_one(self) -> None:
        """SIGKILL to one of them, by chance, and a new start."""
        victim = self._dice.choice([*self._loggers.values(), *self._traders])
        victim.kill()
        victim.start()

    def traders(self) -> Iterator[Trader]:
        """End the trading processes; traders that know what those wanted, and what became of it."""
        for program in self._traders:
            program.kill()
            if program.file.exists():
                yield Trader(self._connection, 0, 1.0, self._dice, program.file)

    def judge(self, ledger: Callable[[], Iterable[Record]]) -> int:
        """O4 of loggers: each file gets every fill of TWS, once. How many files."""
        for kind, program in self._loggers.items():
            program.start()
            try:
                eventually(lambda kind=kind, file=program.file: _fills(ledger()) == _read(kind, file), "", PATIENCE_S)
            except AssertionError:
                wanted, found = _fills(ledger()), _read(kind, program.file)
                lacks, extra = list(wanted - found)[:3], list(found - wanted)[:3]
                raise AssertionError(f"O4: {kind.file} lacks {lacks}, has too many: {extra}") from None
            program.kill()
        return len(self._loggers)

    def close(self) -> None:
        """Kill all."""
        for program in (*self._loggers.values(), *self._traders):
            program.kill()


def _fills(ledger: Iterable[Record]) -> Counter[str]:
    return Counter(row["exec_id"] for row in ledger if row["record"] in ("execution", "correction"))


def _read(kind: Kind, file: Path) -> Counter[str]:
    """The exec_ids; a line that is just being written does not count."""
    if not file.exists():
        return Counter()
    whole = file if kind.file.endswith(".db") else file.with_suffix(".whole")
    if whole != file:
        whole.write_bytes(file.read_bytes().rpartition(b"\n")[0])
    return Counter(kind.read(whole))
