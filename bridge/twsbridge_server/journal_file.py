"""The journal on disk: one SQLite file, one transaction per turn of the loop, synced before anything depends on it."""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
from pathlib import Path
from typing import Any

import msgpack

from twsbridge_server.core.effects import IntentRow, JournalRow
from twsbridge_server.core.restored import Restored
from twsbridge_server.errors import CannotStart, JournalFailed
from twsbridge_server.journal_checks import Corrupt, NewerVersion, check, is_empty, rows
from twsbridge_server.journal_schema import (
    APPLICATION_ID,
    COMMISSIONS,
    EPOCH,
    EVENTS,
    EXECUTIONS,
    INTENTS,
    META,
    NEXT_ORDER_ID,
    ORDERS,
    TABLES,
    VERSION,
    Values,
    as_values,
    checksum,
)

EventTuple = tuple[int, str, int, int, dict[str, Any]]
"""(seq, type, ts_us, flags, body), as in a replay."""


class Journal:
    """Opens, checks and locks the file; raises CannotStart when it is in use, damaged, or of a newer bridge.

    `epoch` names the history in this file: 16 hex digits, made when it was created.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = _lock(path)
        try:
            self._connection = _open(path)
            self._heads = self._read_heads()
            self.epoch = str(self._facts()[EPOCH])
        except BaseException:
            os.close(self._lock)
            raise

    def append(self, row: JournalRow) -> None:
        """Write one row; it is durable after `commit`. Raises JournalFailed."""
        table, values = as_values(row)
        if table is EVENTS:
            self._follow(*values[:2])
        self._execute(table.insert, (*values, checksum(values)))

    def commit(self) -> None:
        """Bring everything appended to the disk (fsync). Raises JournalFailed."""
        if self._connection.in_transaction:
            self._execute("COMMIT")

    def restore(self, since_us: int = 0) -> Restored:
        """The state to go on from: everything that is not done, and what is but happened since `since_us`."""
        intents = tuple(IntentRow(*row) for row in rows(self._connection, INTENTS, "ORDER BY order_id"))
        orders = rows(self._connection, ORDERS, "WHERE done_us IS NULL OR done_us >= ?", (since_us,))
        executions = rows(self._connection, EXECUTIONS, "WHERE time_us >= ?", (since_us,))
        return Restored(
            epoch=self.epoch,
            next_order_id=max([self._facts().get(NEXT_ORDER_ID, 1), *(intent.order_id + 1 for intent in intents)]),
            heads=dict(self._heads),
            intents=intents,
            orders={row_key: msgpack.unpackb(body) for row_key, _, body in orders},
            executions={exec_id: msgpack.unpackb(body) for _, exec_id, _, _, body in executions},
            commissions=frozenset(exec_id for exec_id, _ in rows(self._connection, COMMISSIONS)),
        )

    def head(self, stream: str) -> tuple[int, int]:
        """(first, next) of a stream; (1, 1) before its first event."""
        return self._heads.get(stream, (1, 1))

    def events(self, stream: str, from_seq: int, limit: int) -> list[EventTuple]:
        """Up to `limit` events of a stream, in order."""
        found = rows(
            self._connection, EVENTS, "WHERE stream = ? AND seq >= ? ORDER BY seq LIMIT ?", (stream, from_seq, limit)
        )
        return [(seq, type_, ts_us, flags, msgpack.unpackb(body)) for _, seq, type_, ts_us, flags, body in found]

    def executions(self, account: str, since_us: int | None) -> list[dict[str, Any]]:
        """Executions of an account (empty: of all) since an instant, oldest first."""
        condition = "WHERE time_us >= ? AND (account = ? OR ? = '') ORDER BY time_us"
        values = (since_us or 0, account, account)
        return [msgpack.unpackb(row[-1]) for row in rows(self._connection, EXECUTIONS, condition, values)]

    def close(self) -> None:
        """Close the file and let go of the lock. What was not committed is gone."""
        self._connection.close()
        os.close(self._lock)

    def _facts(self) -> dict[str, Any]:
        return dict(rows(self._connection, META))

    def _execute(self, statement: str, values: Values = ()) -> None:
        try:
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise JournalFailed(
                f"The journal {self._path} cannot be written: {error}. Nothing that depended on it was sent to TWS, "
                "answered or published. Look at the disk (space, rights, errors), then start the bridge again."
            ) from error

    def _follow(self, stream: str, seq: int) -> None:
        first, following = self.head(stream)
        if seq != following:
            raise JournalFailed(
                f"A defect in the bridge: event {seq} of {stream} was to be written after {following - 1}. "
                "It was neither written nor published. Start the bridge again, and report the log."
            )
        self._heads[stream] = (first, seq + 1)

    def _read_heads(self) -> dict[str, tuple[int, int]]:
        query = f"SELECT stream, min(seq), max(seq) + 1 FROM {EVENTS.name} GROUP BY stream"
        return {stream: (first, following) for stream, first, following in self._connection.execute(query)}


def _lock(path: Path) -> int:
    """Hold the journal for this process alone. Beside the file: SQLite has its own locks on that."""
    try:
        descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unopenable(path, error) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise CannotStart(
            f"Another bridge (process {owner or 'unknown'}) is using the journal {path}. Nothing was started. "
            "Stop that one, or give this one its own --home."
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
    return descriptor


def _open(path: Path) -> sqlite3.Connection:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise _unopenable(path, error) from None
    try:
        _prepare(connection, path)
    except BaseException as error:
        connection.close()
        raise _refusal(path, error) from error
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    if is_empty(connection, path):
        _create(connection)
    else:
        check(connection)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _create(connection: sqlite3.Connection) -> None:
    """All or nothing: a process that dies here leaves an empty file, and the next one begins again."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for table in TABLES:
        connection.execute(table.create)
    epoch: Values = (EPOCH, secrets.token_hex(8))
    connection.execute(META.insert, (*epoch, checksum(epoch)))
    connection.execute("COMMIT")


def _unopenable(path: Path, error: Exception) -> CannotStart:
    return CannotStart(
        f"The journal {path} cannot be opened: {error}. Nothing was started. "
        "Look at the directory and its rights, or choose another --home."
    )


def _refusal(path: Path, error: BaseException) -> BaseException:
    match error:
        case NewerVersion():
            text = "Nothing was changed. Start the newer bridge, or restore the copy made before it."
        case Corrupt() | sqlite3.DatabaseError() | UnicodeError():
            text = (
                "It was not used, and orders at TWS are as they were. Restore a copy of it; or move it away for a new "
                "one, which has forgotten every client_order_id and begins a new epoch."
            )
        case _:
            return error
    return CannotStart(f"The journal {path} cannot be used: {error}. {text}")
