import sqlite3
from pathlib import Path

import pytest

from tests.server.old_journals import BUILDERS, EPOCH, build
from twsbridge_server import journal_checks, journal_migrations
from twsbridge_server.errors import CannotStart
from twsbridge_server.journal_file import Journal
from twsbridge_server.journal_schema import VERSION


def test_there_is_a_journal_of_every_version_and_a_step_from_each() -> None:
    assert set(BUILDERS) == set(range(1, VERSION + 1))
    assert set(journal_migrations.STEPS) == set(range(1, VERSION))


@pytest.mark.parametrize("version", BUILDERS)
def test_a_journal_of_every_version_is_opened_with_all_that_is_in_it(tmp_path: Path, version: int) -> None:
    build(tmp_path / "journal.db", version)
    journal = Journal(tmp_path / "journal.db")
    restored = journal.restore()
    journal.close()
    assert (restored.epoch, restored.next_order_id) == (EPOCH, 8)
    assert restored.heads == {"ord|DU1234567|": (1, 2)}
    assert [intent.client_order_id for intent in restored.intents] == ["k1"]
    assert [*restored.executions] == [*restored.commissions] == ["e1"]


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> int:
    """A bridge of the version to come, which marks the journal."""
    following = VERSION + 1
    for module in (journal_checks, journal_migrations):
        monkeypatch.setattr(module, "VERSION", following)
    step = "UPDATE executions SET revision = revision"
    monkeypatch.setitem(journal_migrations.STEPS, VERSION, lambda connection: connection.execute(step))
    return following


def version_of(path: Path) -> int:
    connection = sqlite3.connect(path)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return int(version)


def test_a_copy_is_made_before_and_the_older_bridge_refuses_what_came_of_it(
    tmp_path: Path, next_version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.db"
    build(path, VERSION)
    Journal(path).close()
    copy = path.with_suffix(f".v{VERSION}.db")
    assert (version_of(path), version_of(copy)) == (next_version, VERSION)
    monkeypatch.undo()
    with pytest.raises(CannotStart, match=f"version {next_version}.*Start the newer bridge, or restore the copy"):
        Journal(path)
    copy.replace(path)
    Journal(path).close()


def test_a_step_that_fails_changes_nothing(tmp_path: Path, next_version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM executions")
        raise sqlite3.OperationalError("no space left")

    path = tmp_path / "journal.db"
    build(path, VERSION)
    monkeypatch.setitem(journal_migrations.STEPS, VERSION, broken)
    with pytest.raises(CannotStart, match="no space left"):
        Journal(path)
    monkeypatch.undo()
    journal = Journal(path)
    assert [*journal.restore().executions] == ["e1"]
    journal.close()
