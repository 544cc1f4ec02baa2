from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.server.test_bar_room import filled
from twsbridge.cli import main


def test_list_and_delete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(tmp_path / "bars.db").close()
    home = ("--home", str(tmp_path))
    assert main(["bars", "list", *home, "-o", "csv"]) == 0
    said = capsys.readouterr()
    rows = list(csv.DictReader(said.out.splitlines()))
    assert {row["con_id"] for row in rows} == {"1", "2", "3"} and {row["bars"] for row in rows} == {"10000"}
    assert "1.8 MiB of bars" in said.err
    assert main(["bars", "delete", "--con-id", "1", *home]) == 0
    assert "10 blocks of bars are gone" in capsys.readouterr().err
    assert main(["bars", "delete", *home]) == 0
    assert main(["bars", "list", *home, "-o", "table"]) == 0
    assert "No bars are kept." in capsys.readouterr().err
    (tmp_path / "bars.db").write_bytes(b"no database" * 100)
    assert main(["bars", "list", *home]) == 1
    assert "may be removed at any time" in capsys.readouterr().err
