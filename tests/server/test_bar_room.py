from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.core.history.world import block
from twsbridge_server.bar_room import bytes_used, make_room, mark_used
from twsbridge_server.bar_store import BarStore
from twsbridge_server.core.history.blocks import SeriesKey

KEYS = [SeriesKey(con_id, "SMART", "1 min", "TRADES", True) for con_id in (1, 2, 3)]


def filled(path: Path, most_bytes: int = 1 << 30) -> BarStore:
    """Three series of ten blocks of 64 kB."""
    store = BarStore(path, most_bytes)
    for key in KEYS:
        for number in range(10):
            begin = number * 1000
            store.keep(key, block(begin, begin + 1000, *range(begin, begin + 1000)))
    return store


def counts(path: Path) -> dict[int, int]:
    with sqlite3.connect(path) as connection:
        found = dict(connection.execute("SELECT con_id, COUNT(*) FROM blocks GROUP BY con_id").fetchall())
    connection.close()
    return found


def test_the_series_not_used_for_longest_goes_first_and_its_oldest_bars(tmp_path: Path) -> None:
    path = tmp_path / "bars.db"
    filled(path).close()
    with sqlite3.connect(path) as connection:
        for used, key in enumerate((KEYS[1], KEYS[0], KEYS[2])):
            connection.execute("UPDATE uses SET used_us = ? WHERE con_id = ?", (used, key.con_id))
        connection.commit()
        most = bytes_used(connection) * 6 // 10
        size = path.stat().st_size
        assert make_room(connection, most) > 10
        assert bytes_used(connection) <= most and make_room(connection, most) == 0
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    left = counts(path)
    assert 2 not in left and 0 < left[1] < 10 and left[3] == 10
    assert path.stat().st_size < size * 7 // 10
    store = BarStore(path)
    assert [each.start_us for each in store.load(KEYS[0], (0, 10_000))][-1] == 9000
    store.close()


def test_a_full_cache_stays_below_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "bars.db"
    filled(path, 1 << 20).close()
    assert path.stat().st_size <= (1 << 20) + (1 << 17)
    assert counts(path)[3] == 10


def test_uses_are_written_down_once_a_minute(tmp_path: Path) -> None:
    path = tmp_path / "bars.db"
    filled(path).close()
    with sqlite3.connect(path) as connection:
        for now in (5, 6, 70_000_000):
            mark_used(connection, KEYS[0], now)
        assert connection.execute("SELECT used_us FROM uses WHERE con_id = 1").fetchall() == [(70_000_000,)]
    connection.close()
