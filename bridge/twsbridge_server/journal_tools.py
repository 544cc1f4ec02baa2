"""What an operator does with a journal: check it, copy it, read it, make it smaller."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgpack

from twsbridge_server.errors import CannotStart
from twsbridge_server.journal_audit import prune_audit
from twsbridge_server.journal_checks import Corrupt, NewerVersion, check, rows, tables
from twsbridge_server.journal_copy import copy_to
from twsbridge_server.journal_lock import hold
from twsbridge_server.journal_opening import open_journal
from twsbridge_server.journal_schema import EPOCH, EVENTS, META

RETENTION_US = 30 * 24 * 3600 * 1_000_000
"""For so long a client_order_id is remembered and an event can be replayed, whatever is pruned."""


class Summary(NamedTuple):
    """What is in a whole journal: rows of each table, and (first, last) of each stream."""

    version: int
    epoch: str
    rows: dict[str, int]
    streams: dict[str, tuple[int, int]]


def examine(path: Path) -> Summary:
    """Read the whole journal, also while a bridge writes it; raises CannotStart when it is not as it was written."""
    with _reading(path) as connection:
        streams = connection.execute(f"SELECT stream, min(seq), max(seq) FROM {EVENTS.name} GROUP BY stream").fetchall()
        return Summary(
            version=connection.execute("PRAGMA user_version").fetchone()[0],
            epoch=next(str(value) for key, value in rows(connection, META) if key == EPOCH),
            rows={
                table.name: connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0]
                for table in tables(connection)
            },
            streams={stream: (first, last) for stream, first, last in streams},
        )


def back_up(path: Path, target: Path) -> Summary:
    """A checked copy of the journal, on the disk when this returns; raises CannotStart. The bridge may be running."""
    with _reading(path) as connection:
        copy_to(connection, target)
    return examine(target)


def export(path: Path) -> Iterator[dict[str, Any]]:
    """Every row as a map with the name of its table first; raises CannotStart. The bridge may be running."""
    with _reading(path) as connection:
        for table in tables(connection):
            names = table.columns.split(", ")
            for row in rows(connection, table):
                yield {
                    "table": table.name,
                    **{name: _plain(name, value) for name, value in zip(names, row, strict=True)},
                }


def prune(path: Path, before_us: int, now_us: int | None = None) -> int:
    """Drop what is older and over: events, finished orders with their keys, executions. Returns how many rows went.

    Kept whatever its age: orders that are not done, the last event of each stream, the floor, and the last 30 days.
    Raises CannotStart while a bridge uses the journal, or when `before_us` is within the 30 days.
    """
    if before_us > (now_us or time.time_ns() // 1000) - RETENTION_US:
        raise CannotStart("The last 30 days of a journal are not pruned: keys and replays are promised for so long. "
                          "Nothing was changed. Choose an earlier --before.")  # fmt: skip
    lock = hold(path)
    try:
        with closing(open_journal(path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            gone = sum(connection.execute(statement, {"before": before_us}).rowcount for statement in _PRUNING)
            gone += prune_audit(connection, before_us)
            connection.execute("COMMIT")
            connection.execute("VACUUM")
            return gone
    finally:
        os.close(lock)


_PRUNING = (
    "DELETE FROM events WHERE seq < (SELECT coalesce(min(e.seq), (SELECT max(l.seq) FROM events l"
    " WHERE l.stream = events.stream)) FROM events e WHERE e.stream = events.stream AND e.ts_us >= :before)",
    "DELETE FROM intents WHERE ts_us < :before AND 'b:' || order_id NOT IN"
    " (SELECT row_key FROM orders WHERE done_us IS NULL OR done_us >= :before)",
    "DELETE FROM orders WHERE done_us < :before",
    "DELETE FROM commissions WHERE exec_id IN (SELECT exec_id FROM executions WHERE time_us < :before)",
    "DELETE FROM executions WHERE time_us < :before",
)


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.is_file():
        raise CannotStart(f"There is no journal {path}. Nothing was done. Name the bridge's home with --home.")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN")
            check(connection)
            yield connection
        except (Corrupt, NewerVersion, sqlite3.DatabaseError, UnicodeError) as error:
            raise CannotStart(f"The journal {path} is not whole: {error}. Restore a copy of it.") from error


def _plain(name: str, value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    return msgpack.unpackb(value) if name == "body" else value.hex()
