import sqlite3
import subprocess
import sys
from contextlib import closing, nullcontext
from pathlib import Path
from unittest.mock import Mock

import pytest

from twsbridge_server import journal_opening
from twsbridge_server.errors import CannotStart
from twsbridge_server.journal_opening import open_again, open_journal


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


HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM meta").fetchone(), flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("guarded", [True, False])
def test_shared_memory_that_could_only_be_read_is_let_go(
    guarded: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a file system that was read-only for a while; without the guard that would last for ever."""
    path = tmp_path / "journal.db"
    open_journal(path).close()
    if not guarded:
        monkeypatch.setattr(journal_opening, "_can_write", lambda connection: True)
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline()
        before = sqlite3.connect(f"file:{path}?readonly_shm=1", uri=True, isolation_level=None)
        before.execute("SELECT count(*) FROM meta").fetchone()
        with closing(open_again(path, before)) as again:
            refused = None if guarded else pytest.raises(sqlite3.OperationalError, match="readonly")
            with refused or nullcontext():
                again.execute("BEGIN IMMEDIATE")


def test_a_disk_that_fails_is_not_taken_for_a_journal_that_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever moved the journal away because of that would have forgotten every order."""
    failed = sqlite3.OperationalError("disk I/O error")
    failed.sqlite_errorcode = sqlite3.SQLITE_IOERR
    monkeypatch.setattr(journal_opening, "_prepare", Mock(side_effect=failed))
    with pytest.raises(CannotStart, match="I/O error. That is the disk.*Look at the disk") as refused:
        open_journal(tmp_path / "journal.db")
    assert "move it away" not in str(refused.value)
