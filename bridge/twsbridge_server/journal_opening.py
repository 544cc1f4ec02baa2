"""Opening the journal: made when it is not there, checked from end to end when it is."""

from __future__ import annotations

import os
import secrets
import sqlite3
from pathlib import Path

from twsbridge_server.errors import CannotStart
from twsbridge_server.journal_checks import Corrupt, NewerVersion, check, is_empty
from twsbridge_server.journal_lock import unopenable
from twsbridge_server.journal_migrations import migrate
from twsbridge_server.journal_schema import APPLICATION_ID, EPOCH, META, TABLES, VERSION, Values, checksum

DISK_FAULTS = (OSError, sqlite3.OperationalError)
"""The disk, not the content."""

CONTENT = 1
"""SQLite's code of an OperationalError that is about the content after all: a table that is not there."""


def open_journal(path: Path) -> sqlite3.Connection:
    """The checked journal, ready to be written; raises CannotStart with what to do."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise unopenable(path, error) from error
    try:
        _prepare(connection, path)
    except BaseException as error:
        connection.close()
        raise _refusal(path, error) from error
    return connection


def open_again(path: Path, before: sqlite3.Connection) -> sqlite3.Connection:
    """The same in place of a connection that could not write, which is closed then.

    SQLite shares one view of a file between the connections of a process; where the file, or its shared memory, could
    be opened for reading only, that stays so until the last of them is closed.
    """
    connection = open_journal(path)
    before.close()
    if _can_write(connection):
        return connection
    connection.close()
    return open_journal(path)


def _can_write(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    return True


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    if is_empty(connection, path):
        _create(connection)
    else:
        check(connection)
        migrate(connection, path)
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


def _refusal(path: Path, error: BaseException) -> BaseException:
    match error:
        case NewerVersion():
            text = "Nothing was changed. Start the newer bridge, or restore the copy made before it."
        case sqlite3.OperationalError() if getattr(error, "sqlite_errorcode", CONTENT) != CONTENT:
            text = (
                "That is the disk, not what is on it. Nothing was started, and orders at TWS are as they were. "
                "Look at the disk and its rights, and start again."
            )
        case Corrupt() | sqlite3.DatabaseError() | UnicodeError():
            text = (
                "It was not used, and orders at TWS are as they were. Restore a copy of it; or move it away for a new "
                "one, which has forgotten every client_order_id and begins a new epoch."
            )
        case _:
            return error
    return CannotStart(f"The journal {path} cannot be used: {error}. {text}")
