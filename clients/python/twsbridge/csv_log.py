"""Fills in a CSV file: each exactly once, because every line carries the place of its fill.

A line is written at once and synchronised before the next fill is taken. A line that was torn by a crash has no end
of line; it is cut off at the next start, and its fill comes again.
"""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from twsbridge.cursor import Cursor, Since
from twsbridge.fills import Fill
from twsbridge.following import Following
from twsbridge.notation import contract_text
from twsbridge.once import fills_once
from twsbridge.protocol.fields import decimal_text
from twsbridge.protocol.topics import orders

COLUMNS = (
    "time", "account", "action", "shares", "contract", "con_id", "price", "order_id", "client_order_id", "owner",
    "exec_id", "replaces", "commission", "currency", "epoch", "seq",
)  # fmt: skip


def csv_fills(
    path: str | os.PathLike[str], client: Following, since: Since = "today", *, follow: bool = True
) -> Iterator[Fill]:
    """Write fills into a CSV file and yield each one that was written; goes on where the file ends.

    `since` counts for a new file. However this program ends and is started again, every fill is in the file once.
    """
    with CsvLog(path) as log:
        yield from fills_once(log, client, since, follow=follow)


class CsvLog:
    """A CSV file of fills, open for appending by this program alone. Raises ValueError for a file that is another."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            _lock(self._file, self.path)
            self._exec_ids, self._cursor = self._restore()
        except BaseException:
            os.close(self._file)
            raise

    @property
    def cursor(self) -> Cursor | None:
        """The place behind the last fill; None while there is none."""
        return self._cursor

    def __contains__(self, exec_id: object) -> bool:
        return exec_id in self._exec_ids

    def add(self, fill: Fill) -> None:
        """Append a line; it is on disk when this returns."""
        self._append(_line(_cells(fill)))
        self._exec_ids.add(fill.exec_id)
        self._cursor = _advanced(self._cursor, fill.epoch, fill.stream, fill.seq)

    def __enter__(self) -> CsvLog:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def _restore(self) -> tuple[set[str], Cursor | None]:
        """Cut off a torn last line, then read what is there."""
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1].decode(errors="replace")
        header = _line(COLUMNS)
        if not whole.startswith(header) and not header.startswith(content.decode(errors="replace")):
            raise ValueError(f"{self.path} is not a file of fills written by this program; nothing was changed")
        os.truncate(self._file, len(whole.encode()))
        if not whole:
            self._append(header)
        exec_ids: set[str] = set()
        cursor: Cursor | None = None
        for row in csv.DictReader(io.StringIO(whole)):
            exec_ids.add(row["exec_id"])
            cursor = _advanced(cursor, row["epoch"], orders(row["account"]), int(row["seq"]))
        return exec_ids, cursor

    def _append(self, line: str) -> None:
        rest = line.encode()
        while rest:
            rest = rest[os.write(self._file, rest) :]
        os.fsync(self._file)


def _advanced(cursor: Cursor | None, epoch: str, stream: str, seq: int) -> Cursor:
    """The place after one more fill; a new epoch begins with nothing."""
    known = dict(cursor.seqs) if cursor is not None and cursor.epoch == epoch else {}
    return Cursor(epoch, {**known, stream: seq})


def _cells(fill: Fill) -> tuple[object, ...]:
    commission = fill.commission
    return (
        *(fill.time.isoformat(), fill.account, fill.action, decimal_text(fill.shares), contract_text(fill.contract)),
        *(fill.contract.con_id, repr(fill.price), fill.order_id, fill.client_order_id, fill.owner),
        *(fill.exec_id, fill.replaces, decimal_text(commission.commission) if commission else None),
        *(commission.currency if commission else None, fill.epoch, fill.seq),
    )


def _line(cells: tuple[object, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _lock(file: int, path: Path) -> None:
    """Two programs appending to one file would both write every fill."""
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ValueError(f"{path} is being written by another program; nothing was changed") from None
