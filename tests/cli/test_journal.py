import json
from pathlib import Path

import pytest

from tests.server.old_journals import EPOCH, build
from twsbridge.cli import main


@pytest.fixture
def home(tmp_path: Path) -> str:
    build(tmp_path / "journal.db", 1)
    return str(tmp_path)


def test_it_is_checked_copied_exported_and_pruned(
    home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = str(tmp_path / "copy.db")
    assert main(["journal", "check", "--home", home]) == 0
    assert main(["journal", "backup", copy, "--home", home]) == 0
    assert main(["journal", "check", "--file", copy]) == 0
    out = capsys.readouterr().out
    assert out.count(f"is whole: schema version 1, epoch {EPOCH}; 2 meta, 1 events") == 3
    assert main(["journal", "export", "--home", home]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 7
    assert main(["journal", "prune", "--before", "2020-01-01", "--home", home]) == 0
    assert "4 rows are gone" in capsys.readouterr().out


def test_what_is_refused_is_explained(home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", "prune", "--before", "2999-01-01", "--home", home]) == 1
    assert "last 30 days" in capsys.readouterr().err
    (tmp_path / "journal.db").write_bytes(b"x" * 5000)
    assert main(["journal", "check", "--home", home]) == 1
    assert "not whole" in capsys.readouterr().err
    assert main(["journal", "backup", "/dev/null/x", "--home", home]) == 1
