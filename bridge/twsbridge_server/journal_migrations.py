"""Journals of earlier versions of the bridge, brought up to the present one: a copy first, then step by step.

A step is never changed once it was released; the tests build a journal of every earlier version and open it.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

from twsbridge_server.journal_copy import copy_to
from twsbridge_server.journal_schema import VERSION

log = logging.getLogger(__name__)

Step = Callable[[sqlite3.Connection], None]


def _with_baselines(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE baselines (account, next_seq, body, crc, PRIMARY KEY (account)) WITHOUT ROWID")


def _with_halts(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE halts (scope, body, crc, PRIMARY KEY (scope)) WITHOUT ROWID")


def _with_audit(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE audit (seq, ts_us, body, link, crc, PRIMARY KEY (seq)) WITHOUT ROWID")


STEPS: dict[int, Step] = {1: _with_baselines, 2: _with_halts, 3: _with_audit}
"""Schema version -> what makes the next one of it, with the checksums of the rows that it changes."""


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a journal to the present version, all steps or none; the copy made before stays beside it."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == VERSION:
        return
    copy = path.with_suffix(f".v{version}.db")
    copy_to(connection, copy)
    log.warning("The journal is of schema version %d and becomes one of version %d; a copy of it as it was is %s",
                version, VERSION, copy)  # fmt: skip
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number in range(version, VERSION):
            STEPS[number](connection)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
