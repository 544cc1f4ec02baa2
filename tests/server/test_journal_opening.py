import sqlite3
from pathlib import Path

import pytest

from twsbridge_server.errors import CannotStart
from twsbridge_server.journal_opening import open_journal


def test_a_journal_that_is_not_there_is_made_and_synced(tmp_path: Path) -> None:
    connection = open_journal(tmp_path / "journal.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()


def test_a_directory_in_its_place_is_explained(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="cannot be opened"):
        open_journal(tmp_path)


def test_another_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE x (y)")
    other.close()
    with pytest.raises(CannotStart, match="not a journal of this bridge"):
        open_journal(path)
