"""The cache of bars on disk: one SQLite file of blocks, which may be deleted at any time. Only final bars are in it."""

from __future__ import annotations

import logging
import sqlite3
import time
from array import array
from pathlib import Path

from twsbridge.protocol.columns import pack_floats, pack_ints, unpack_floats, unpack_ints
from twsbridge_server.bar_room import SERIES, TABLE, make_room, mark_used
from twsbridge_server.core.history.blocks import COLUMNS, INTEGERS, Block, SeriesKey
from twsbridge_server.core.history.spans import Span

log = logging.getLogger(__name__)

VERSION = 2
MOST_BYTES = 2 << 30
_TABLE = f"""
CREATE TABLE IF NOT EXISTS blocks (
    con_id INTEGER, exchange TEXT, bar_size TEXT, what_to_show TEXT, use_rth INTEGER,
    start_us INTEGER, end_us INTEGER, fetched_us INTEGER, server_version INTEGER,
    {", ".join(f"{name} BLOB" for name in COLUMNS)},
    PRIMARY KEY (con_id, exchange, bar_size, what_to_show, use_rth, start_us)
) WITHOUT ROWID
"""
_FIND = f"SELECT start_us, end_us, fetched_us, server_version, {', '.join(COLUMNS)} FROM blocks WHERE {SERIES}"
_KEEP = f"INSERT OR REPLACE INTO blocks VALUES ({', '.join('?' * (9 + len(COLUMNS)))})"


class BarStore:
    """Opens the file when it is first needed, and anew when it was deleted. Every call may raise sqlite3.Error."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self._path = path
        self._most_bytes = most_bytes
        self._connection: sqlite3.Connection | None = None

    def load(self, key: SeriesKey, span: Span) -> tuple[Block, ...]:
        """The blocks that touch a span, cut to it, oldest first."""
        start, end = span
        connection = self._open()
        mark_used(connection, key, time.time_ns() // 1000)
        found = connection.execute(f"{_FIND} AND start_us < ? AND end_us > ? ORDER BY start_us", (*key, end, start))
        return tuple(_block(row).cut(start, end) for row in found)

    def keep(self, key: SeriesKey, block: Block) -> None:
        """Write a block, and make room for it. What it tells again of a known span does no harm: bars are final."""
        columns = [_packed(name, block) for name in COLUMNS]
        row = (*key, block.start_us, block.end_us, block.fetched_us, block.server_version, *columns)
        connection = self._open()
        mark_used(connection, key, time.time_ns() // 1000)
        with connection:
            connection.execute(_KEEP, row)
        if gone := make_room(connection, self._most_bytes):
            log.info("The cache of bars is full: %d blocks that were not used for longest were dropped.", gone)

    def drop(self, key: SeriesKey) -> None:
        """Delete all blocks of a series."""
        connection = self._open()
        with connection:
            connection.execute(f"DELETE FROM blocks WHERE {SERIES}", key)

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def discard(self) -> None:
        """Delete the file: it is damaged, and all in it can be had again."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and not self._path.exists():
            self.close()
        if self._connection is None:
            self._connection = _opened(self._path)
        return self._connection


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            raise sqlite3.DatabaseError(f"the cache is of version {version}, this bridge writes {VERSION}")
        connection.execute(_TABLE)
        connection.execute(TABLE)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection


def _packed(name: str, block: Block) -> bytes:
    column = block.columns[name]
    return pack_ints(column) if name in INTEGERS else pack_floats(column)


def _block(row: tuple[int | bytes, ...]) -> Block:
    columns = {name: _unpacked(name, packed) for name, packed in zip(COLUMNS, row[4:], strict=True)}
    if len({len(column) for column in columns.values()}) > 1:
        raise sqlite3.DatabaseError("the columns of a block differ in length")
    start_us, end_us, fetched_us, server_version = (int(number) for number in row[:4])
    return Block(start_us, end_us, columns, fetched_us, server_version)


def _unpacked(name: str, packed: int | bytes) -> array[int] | array[float]:
    if not isinstance(packed, bytes) or len(packed) % 8:
        raise sqlite3.DatabaseError(f"the column {name} of a block is damaged")
    return array("q", unpack_ints(packed)) if name in INTEGERS else array("d", unpack_floats(packed))
