from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.core.history.world import block
from twsbridge_server.bar_store import BarStore
from twsbridge_server.core.history.blocks import SeriesKey

KEY = SeriesKey(77, "LSE", "1 min", "TRADES", True)


def test_what_is_kept_is_found_again_by_another_run(tmp_path: Path) -> None:
    store = BarStore(tmp_path / "bars.db")
    first, second = block(0, 10, 0, 5, fetched_us=7, server_version=176), block(10, 20, 12)
    store.keep(KEY, second)
    store.keep(KEY, first)
    store.close()
    again = BarStore(tmp_path / "bars.db")
    assert again.load(KEY, (0, 99)) == (first, second)
    assert again.load(KEY, (5, 11)) == (first.cut(5, 10), second.cut(10, 11))
    assert again.load(KEY._replace(use_rth=False), (0, 99)) == () == again.load(KEY, (20, 99))
    again.close()


def test_the_file_may_be_deleted_at_any_time(tmp_path: Path) -> None:
    store = BarStore(tmp_path / "bars.db")
    store.keep(KEY, block(0, 10, 0))
    (tmp_path / "bars.db").unlink()
    assert store.load(KEY, (0, 10)) == ()
    store.keep(KEY, block(0, 10, 0))
    assert len(store.load(KEY, (0, 10))) == 1
    store.close()


def test_damage_is_seen_and_discarded(tmp_path: Path) -> None:
    path = tmp_path / "bars.db"
    path.write_bytes(b"no database" * 100)
    store = BarStore(path)
    with pytest.raises(sqlite3.DatabaseError):
        store.load(KEY, (0, 10))
    store.discard()
    store.keep(KEY, block(0, 10, 0))
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE blocks SET close = x'00'")
    connection.close()
    with pytest.raises(sqlite3.DatabaseError):
        BarStore(path).load(KEY, (0, 10))


def test_a_file_of_another_version_is_not_used(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "bars.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(sqlite3.DatabaseError, match="version 99"):
        BarStore(tmp_path / "bars.db").load(KEY, (0, 10))
