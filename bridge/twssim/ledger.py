"""The simulator's own record of what happened: one JSON object per line, only ever appended.

It shares nothing with the bridge, so that tests can judge the bridge by it. Every record has
`seq` (from 1, without gaps over restarts), `time` (simulated epoch seconds) and `record`:

    started     a simulator began to use this file: settings of its accounts
    request     a request of a session: name, client_id, req_id or order_id; for orders also the
                frame as hex and the order_ref
    unreadable  a frame that could not be decoded
    session     opened or closed: client_id, state
    line        market data line opened or closed: client_id, req_id, con_id, state
    order       accepted or modified: everything about the order and its terms
    status      a new status of an order: perm_id, status, filled
    trailed     where a trailing stop stands now: perm_id, stop_price, limit_price
    rejected    an order or a change that was refused: client_id, order_id, code, text
    execution   a fill with all its fields, commission, realised P&L, and what its money depends on: `contract`
    correction  an execution in place of another: replaces, and all fields of the new one
    pacing      a request for bars or ticks that broke a pacing rule: client_id, req_id
    fault       something was made to go wrong, or right again: action, state, arguments
    departure   a client departed from the recording that it is served: kind, name, text
    replay      a connection that was served a recording has ended: requests made, recorded
    cash, position   what an account holds after that fill
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

DURABLE = frozenset({"started", "order", "status", "rejected", "execution", "correction", "cash", "position"})

Record = dict[str, Any]


class Ledger:
    """Collects records in memory; `LedgerFile` takes them to the disk."""

    def __init__(self, records: list[Record] | None, now: Callable[[], float]) -> None:
        """Continue after the records of an earlier run; `now` tells the simulated time."""
        self.records = list(records or [])
        self._now = now
        self._unwritten: list[Record] = []
        self.watchers: list[Callable[[Record], None]] = []
        """Called with every new record, at the moment it is made."""

    def append(self, record: str, **facts: object) -> None:
        """Add one record of the current simulated moment; numbers with decimals become texts."""
        number = self.records[-1]["seq"] + 1 if self.records else 1
        entry = {"seq": number, "time": round(self._now(), 6), "record": record}
        entry.update((name, _plain(value)) for name, value in facts.items())
        self.records.append(entry)
        self._unwritten.append(entry)
        for watcher in list(self.watchers):
            watcher(entry)

    def take_unwritten(self) -> list[Record]:
        """Records that have not been taken yet, oldest first."""
        taken, self._unwritten = self._unwritten, []
        return taken

    def of(self, record: str) -> list[Record]:
        """All records of one kind, as `read_ledger` would return them."""
        return [entry for entry in self.records if entry["record"] == record]


def _plain(value: object) -> object:
    """A value as it is after writing it to the file and reading it again."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


class LedgerFile:
    """Appends records to a file; what is durable is on the disk when `write` returns."""

    def __init__(self, path: str | Path) -> None:
        """Open or create the file; a line cut off by a crash is removed first."""
        _remove_torn_line(Path(path))
        self._file = Path(path).open("ab")

    def write(self, records: list[Record]) -> None:
        """Append a batch, with one fsync if any record of it is about orders."""
        if not records:
            return
        lines = [json.dumps(record, separators=(",", ":")) + "\n" for record in records]
        self._file.write("".join(lines).encode())
        self._file.flush()
        if any(record["record"] in DURABLE for record in records):
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_ledger(path: str | Path) -> list[Record]:
    """All complete records of a ledger file, oldest first; [] if there is no file yet.

    Raises ValueError for a file that is not a ledger.
    """
    if not Path(path).exists():
        return []
    lines = Path(path).read_bytes().split(b"\n")
    return [_record(line, number, path) for number, line in enumerate(lines[:-1], start=1)]


def _record(line: bytes, number: int, path: str | Path) -> Record:
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    if not isinstance(record, dict) or record.get("seq") != number:
        raise ValueError(f"{path} is not a ledger: line {number} is not its record {number}")
    return record


def _remove_torn_line(path: Path) -> None:
    if not path.exists():
        return
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with path.open("r+b") as file:
            file.truncate(whole)
