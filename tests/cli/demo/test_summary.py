import sys
from pathlib import Path

import pytest

from twsbridge.cli.demo.proof import Finding
from twsbridge.cli.demo.summary import print_summary, program


def test_it_says_what_holds_and_what_was_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "AAPL.png").touch()
    print_summary([Finding(True, "fills: 3"), Finding(False, "ticks: 0")], tmp_path / "out", 12.3)
    out = capsys.readouterr().out
    assert "proven fills: 3" in out and "BROKEN ticks: 0" in out and "out/AAPL.png" in out and "12 s" in out


def test_it_names_the_program_as_it_can_be_called_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    assert program() == "twsbridge"
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "twsbridge").touch()
    assert program() == ".venv/bin/twsbridge"
