"""Journals as released versions of the bridge wrote them: statements spelt out, so that nothing new leaks into them."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgpack

EPOCH = "00112233445566aa"


def version_1(connection: sqlite3.Connection) -> None:
    """One order, filled, with its commission."""
    tables = {
        "meta": ("key, value", "key"),
        "events": ("stream, seq, type, ts_us, flags, body", "stream, seq"),
        "intents": ("owner, client_order_id, body_hash, order_id, order_ref, ts_us", "owner, client_order_id"),
        "orders": ("row_key, done_us, body", "row_key"),
        "executions": ("time_us, exec_id, revision, account, body", "time_us, exec_id"),
        "commissions": ("exec_id, body", "exec_id"),
    }
    for name, (columns, key) in tables.items():
        connection.execute(f"CREATE TABLE {name} ({columns}, crc, PRIMARY KEY ({key})) WITHOUT ROWID")
    body = msgpack.packb({"state": {"status": "Filled", "updated_us": 6}})
    execution = msgpack.packb({"exec_id": "e1", "account": "DU1234567"})
    _insert(connection, "meta", "epoch", EPOCH)
    _insert(connection, "meta", "next_order_id", 8)
    _insert(connection, "intents", "default", "k1", bytes(32), 7, "B1REF", 5)
    _insert(connection, "events", "ord|DU1234567|", 1, "order", 6, 0, body)
    _insert(connection, "orders", "b:7", 6, body)
    _insert(connection, "executions", 6, "e1", 1, "DU1234567", execution)
    _insert(connection, "commissions", "e1", msgpack.packb({"commission": "1"}))
    connection.execute("PRAGMA application_id = 1415009090")
    connection.execute("PRAGMA user_version = 1")


def version_2(connection: sqlite3.Connection) -> None:
    """The same, with what the account held at the last comparison."""
    version_1(connection)
    connection.execute("CREATE TABLE baselines (account, next_seq, body, crc, PRIMARY KEY (account)) WITHOUT ROWID")
    _insert(connection, "baselines", "DU1234567", 2, msgpack.packb([[265598, "5"]]))
    connection.execute("PRAGMA user_version = 2")


def version_3(connection: sqlite3.Connection) -> None:
    """The same, and a client that was halted."""
    version_2(connection)
    connection.execute("CREATE TABLE halts (scope, body, crc, PRIMARY KEY (scope)) WITHOUT ROWID")
    body = {"scope": "client", "of": "bob", "state": "HALTED", "reason": "", "by": "ann", "since_us": 6}
    _insert(connection, "halts", "client:bob", msgpack.packb(body))
    connection.execute("PRAGMA user_version = 3")


def version_4(connection: sqlite3.Connection) -> None:
    """The same, with one row of the audit."""
    version_3(connection)
    connection.execute("CREATE TABLE audit (seq, ts_us, body, link, crc, PRIMARY KEY (seq)) WITHOUT ROWID")
    body = msgpack.packb({"decision": "noted", "client": "bridge", "rule": "bridge.started"})
    link = hashlib.sha256(bytes(32) + msgpack.packb([1, 6, body])).digest()
    _insert(connection, "audit", 1, 6, body, link)
    connection.execute("PRAGMA user_version = 4")


BUILDERS: dict[int, Callable[[sqlite3.Connection], None]] = {
    1: version_1,
    2: version_2,
    3: version_3,
    4: version_4,
}
"""Schema version -> what fills an empty file with such a journal."""


def build(path: Path, version: int) -> None:
    """Write a journal of this version."""
    connection = sqlite3.connect(path, isolation_level=None)
    BUILDERS[version](connection)
    connection.close()


def _insert(connection: sqlite3.Connection, table: str, *values: Any) -> None:
    row = (*values, zlib.crc32(msgpack.packb(values)))
    connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
