import json
import sqlite3
from pathlib import Path

import pytest

from tests.server.old_journals import build
from twsbridge.cli import main
from twsbridge_server.core.effects import AuditRow
from twsbridge_server.journal_file import Journal


@pytest.fixture
def home(tmp_path: Path) -> str:
    journal = Journal(tmp_path / "journal.db")
    means = {"order": {"action": "BUY", "quantity": "5", "order_type": "LMT", "limit_price": 190.0},
             "contract": {"symbol": "AAPL"}}  # fmt: skip
    facts = {"client": "alice", "key": "abcd", "command": "order.place", "account": "DU1234567", "means": means}
    journal.append(AuditRow(1_000_000, {"decision": "accepted", **facts}))
    journal.append(AuditRow(90_000_000_000_000, {"decision": "refused", **facts, "rule": "limit.halted"}))
    journal.append(AuditRow(90_000_000_000_001, {"decision": "refused", "client": "bob", "count": 7}))
    journal.commit()
    journal.close()
    return str(tmp_path)


def test_a_whole_one_and_a_broken_one(home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify", "--home", home]) == 0
    assert "is whole: 3 rows from row 1 on" in capsys.readouterr().out
    connection = sqlite3.connect(tmp_path / "journal.db")
    connection.execute("DELETE FROM audit WHERE seq = 2")
    connection.commit()
    connection.close()
    assert main(["audit", "verify", "--home", home]) == 1
    said = capsys.readouterr().err
    assert "row 2 is missing" in said
    assert "1 rows before it are whole" in said


def test_a_copy_without_its_mark_says_what_cannot_be_told(
    home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "journal.mark").unlink()
    assert main(["audit", "verify", "--file", str(tmp_path / "journal.db")]) == 0
    assert "cannot be told" in capsys.readouterr().err


def test_rows_are_shown_to_people_and_to_programs(
    home: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    assert main(["audit", "show", "--home", home]) == 0
    out = capsys.readouterr().out
    assert "BUY 5 AAPL LMT 190" in out
    assert main(["audit", "show", "--home", home, "--json", "--client", "alice", "--decision", "refused"]) == 0
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (row["seq"], row["rule"], row["means"]["contract"]["symbol"]) == (2, "limit.halted", "AAPL")
    assert main(["audit", "show", "--home", home, "--json", "--until", "1970-01-02"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert main(["audit", "show", "--home", home, "--key", "ff"]) == 0
    assert "There is no such row" in capsys.readouterr().err


def test_a_journal_from_before_there_was_one_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(tmp_path / "journal.db", 3)
    assert main(["audit", "show", "--home", str(tmp_path)]) == 1
    assert "schema version 3" in capsys.readouterr().err
