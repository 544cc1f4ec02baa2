import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from twsbridge_server.audit_tools import Wanted, show, verify
from twsbridge_server.core.effects import AuditRow
from twsbridge_server.errors import CannotStart
from twsbridge_server.journal_audit import GENESIS, ChainEnd, as_anchor
from twsbridge_server.journal_file import Journal
from twsbridge_server.journal_mark import MarkFile
from twsbridge_server.journal_tools import RETENTION_US, back_up, examine, export, prune

DAY = 24 * 3600 * 1_000_000


def row(number: int, **more: Any) -> AuditRow:
    return AuditRow(number, {"decision": "noted", "client": "alice", "number": number, **more})


def written(path: Path, *numbers: int) -> None:
    journal = Journal(path)
    for number in numbers:
        journal.append(row(number))
        journal.commit()
    journal.close()


def numbers(path: Path) -> list[int]:
    return [each["number"] for each in show(path, Wanted()) if "number" in each]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def test_the_chain_goes_on_over_restarts(path: Path) -> None:
    written(path, 1, 2)
    written(path, 3)
    assert verify(path) == (3, 1, "", True)
    assert numbers(path) == [1, 2, 3]


def test_rows_that_were_undone_leave_no_trace(path: Path) -> None:
    journal = Journal(path)
    journal.append(row(1))
    journal.commit()
    journal.append(row(2))
    journal.undo()
    journal.append(row(3))
    journal.commit()
    journal.close()
    assert verify(path) == (2, 1, "", True)
    assert numbers(path) == [1, 3]


def test_a_chain_is_read_while_the_bridge_writes_it(path: Path) -> None:
    journal = Journal(path)
    journal.append(row(1))
    journal.commit()
    assert verify(path) == (1, 1, "", True)
    journal.close()


def test_what_was_pruned_leaves_the_link_that_the_rest_hangs_on(path: Path) -> None:
    now = 1_000 * DAY
    written(path, 1, 2, now - 2 * DAY, now - DAY)
    assert prune(path, now - RETENTION_US, now) == 2
    assert verify(path) == (2, 3, "", True)
    assert numbers(path) == [now - 2 * DAY, now - DAY]
    written(path, now)
    assert verify(path) == (3, 3, "", True)
    later = now + 2 * RETENTION_US
    assert prune(path, later - RETENTION_US, later) == 3
    written(path, later)
    assert verify(path) == (1, 6, "", True)


def test_a_later_anchor_is_a_greater_text() -> None:
    assert as_anchor(ChainEnd(9, GENESIS)) < as_anchor(ChainEnd(10, GENESIS))


def test_a_backup_and_an_export_keep_the_chain(path: Path, tmp_path: Path) -> None:
    written(path, 1, 2)
    back_up(path, tmp_path / "copy.db")
    assert verify(tmp_path / "copy.db") == (2, 1, "", False)
    links = [each["link"] for each in export(path) if each["table"] == "audit"]
    assert len(set(links)) == 2
    assert examine(path).rows["audit"] == 2


def test_a_journal_with_a_broken_chain_is_not_served(path: Path) -> None:
    written(path, 1, 2, 3)
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM audit WHERE seq = 2")
    connection.commit()
    connection.close()
    with pytest.raises(CannotStart, match="audit is broken at row 2"):
        Journal(path)


def test_an_older_copy_says_which_rows_are_missing(path: Path, tmp_path: Path) -> None:
    written(path, 1, 2)
    shutil.copy(path, tmp_path / "copy")
    written(path, 3, 4)
    shutil.copy(tmp_path / "copy", path)
    assert "row 3 to 4 are missing at the end" in verify(path).broken
    written(path)
    assert verify(path) == (3, 1, "", True)
    (*_, last) = show(path, Wanted())
    assert (last["rule"], last["missing"]["from"], last["missing"]["to"]) == ("audit.rows_missing", 3, 4)


def test_a_bridge_that_was_killed_between_its_commit_and_its_mark_is_no_break(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(path, 1)
    journal = Journal(path)
    monkeypatch.setattr(MarkFile, "write", lambda *args: None)
    monkeypatch.setattr(MarkFile, "close", lambda self: None)
    journal.append(row(2))
    journal.commit()
    journal.close()
    assert verify(path) == (2, 1, "", True)
