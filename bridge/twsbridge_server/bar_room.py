"""How much room the cache of bars takes on disk, and what goes first: the series that was not used for longest."""

from __future__ import annotations

import sqlite3

from twsbridge_server.core.history.blocks import SeriesKey

SERIES = "con_id = ? AND exchange = ? AND bar_size = ? AND what_to_show = ? AND use_rth = ?"
TABLE = """
CREATE TABLE IF NOT EXISTS uses (
    con_id INTEGER, exchange TEXT, bar_size TEXT, what_to_show TEXT, use_rth INTEGER, used_us INTEGER,
    PRIMARY KEY (con_id, exchange, bar_size, what_to_show, use_rth)
) WITHOUT ROWID
"""
REMEMBERED_US = 60_000_000
"""A use so soon after the last one is not written down."""

SPARE = 10
"""Of a full cache one part in so many is freed at once, so that it is not done for every block."""


def mark_used(connection: sqlite3.Connection, key: SeriesKey, now: int) -> None:
    """Somebody wants bars of this series now."""
    known = connection.execute(f"SELECT used_us FROM uses WHERE {SERIES}", key).fetchone()
    if known is None or not 0 <= now - known[0] < REMEMBERED_US:
        with connection:
            connection.execute("INSERT OR REPLACE INTO uses VALUES (?, ?, ?, ?, ?, ?)", (*key, now))


def bytes_used(connection: sqlite3.Connection) -> int:
    """The pages that hold anything, in bytes."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def make_room(connection: sqlite3.Connection, most: int) -> int:
    """Delete blocks when more than `most` bytes are used; how many. Of each series the oldest bars go first."""
    if bytes_used(connection) <= most:
        return 0
    gone = 0
    series = "SELECT con_id, exchange, bar_size, what_to_show, use_rth FROM uses ORDER BY used_us"
    for key in connection.execute(series).fetchall():
        starts = connection.execute(f"SELECT start_us FROM blocks WHERE {SERIES} ORDER BY start_us", key).fetchall()
        for (start_us,) in starts:
            with connection:
                connection.execute(f"DELETE FROM blocks WHERE {SERIES} AND start_us = ?", (*key, start_us))
            gone += 1
            if bytes_used(connection) <= most - most // SPARE:
                shrink(connection)
                return gone
    shrink(connection)
    return gone


def shrink(connection: sqlite3.Connection) -> None:
    """Give what is free back to the file system."""
    connection.executescript("PRAGMA incremental_vacuum")  # `execute` would stop after one page
