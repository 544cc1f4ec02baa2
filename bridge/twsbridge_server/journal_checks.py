"""Is this file a journal, whole and unchanged? Everything in it is read once at start; a doubt is an error."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from twsbridge_server.journal_audit import check_chain
from twsbridge_server.journal_schema import (
    APPLICATION_ID,
    AUDIT,
    EPOCH,
    EVENTS,
    META,
    TABLES,
    VERSION,
    Table,
    Values,
    checksum,
)


class Corrupt(Exception):
    """What is wrong with the journal."""


class NewerVersion(Exception):
    """The journal was written by a newer bridge."""


def check(connection: sqlite3.Connection) -> None:
    """Raise Corrupt or NewerVersion unless every row of the journal is as it was written."""
    _check_kind(connection)
    problems = [text for (text,) in connection.execute("PRAGMA quick_check(1)") if text != "ok"]
    if problems:
        raise Corrupt(problems[0])
    for table in tables(connection):
        for _ in rows(connection, table):
            pass
    _check_epoch(connection)
    _check_streams(connection)
    _check_audit(connection)


def tables(connection: sqlite3.Connection) -> list[Table]:
    """The tables of this file, which may be of an earlier version."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return [table for table in TABLES if table.since <= version]


def rows(connection: sqlite3.Connection, table: Table, condition: str = "", values: Values = ()) -> Iterator[Values]:
    """Rows of a table without their checksums; raises Corrupt at the first one that is not as it was written."""
    for row in connection.execute(f"{table.select} {condition}", values):
        if checksum(row[:-1]) != row[-1]:
            raise Corrupt(f"a row of {table.name} is not as it was written (near {row[0]!r}, {row[1]!r:.80})")
        yield row[:-1]


def is_empty(connection: sqlite3.Connection, path: Path) -> bool:
    """True for a file with nothing in it. Asked after SQLite has undone what a process that died had begun."""
    connection.execute("PRAGMA schema_version").fetchone()
    return path.stat().st_size == 0


def _check_kind(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
        raise Corrupt("it is a database, but not a journal of this bridge")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise NewerVersion(f"it has schema version {version}, this bridge knows versions up to {VERSION}")
    if version < 1:
        raise Corrupt(f"there is no schema version {version}")


def _check_epoch(connection: sqlite3.Connection) -> None:
    if not list(rows(connection, META, "WHERE key = ?", (EPOCH,))):
        raise Corrupt("it has no epoch")


def _check_audit(connection: sqlite3.Connection) -> None:
    if AUDIT in tables(connection) and (seq := check_chain(connection)) is not None:
        raise Corrupt(f"its audit is broken at row {seq}: see `twsbridge audit verify`")


def _check_streams(connection: sqlite3.Connection) -> None:
    """Sequence numbers without holes: a missing event would never be replayed to anybody."""
    query = f"SELECT stream, min(seq), max(seq), count(*) FROM {EVENTS.name} GROUP BY stream"
    for stream, first, last, count in connection.execute(query):
        if last - first + 1 != count:
            raise Corrupt(f"{last - first + 1 - count} events of {stream} are missing between {first} and {last}")
