"""The page of the simulator tells the truth: its tables, its snippets, its flags."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from twsbridge.cli import main
from twssim.faults import ACTIONS
from twssim.recording import read_recording
from twssim.reference import README, tables, with_tables
from twssim.scenario import read_scenario

PAGE = README.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_tables_are_those_of_the_code() -> None:
    assert with_tables(PAGE) == PAGE, "./run generate"
    assert [line.split("`")[1] for line in tables()["faults"].splitlines()[2:]] == list(ACTIONS)
    assert {"order", "execution", "departure", "started"} <= set(re.findall(r"^\| `(\w+)`", tables()["ledger"], re.M))


def test_the_python(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = blocks("python")
    exec(compile(first.replace("print(tws.port", "(lambda *a: None)(tws.port"), "README.md", "exec"), {})
    compile(second, "README.md", "exec")


def test_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(blocks("toml")[0])
    assert len(read_scenario(tmp_path / "s.toml")) == 3


def test_the_recording(tmp_path: Path) -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith('{"')]
    assert len(lines) == 5 and all(json.loads(line) for line in lines)
    (tmp_path / "r.jsonl").write_text("\n".join(lines) + "\n")
    [session] = read_recording(tmp_path / "r.jsonl")
    assert (session.server_version, session.frames[0].payload) == (200, b"v100..200")


@pytest.mark.parametrize("command", ["sim", "sim ledger", "sim convert", "drill"])
def test_the_flags(command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main([*command.split(), "--help"]) == 0
    told = capsys.readouterr().out
    for shown in re.findall(rf"twsbridge {command}((?: [^\n`#]*)?)[\n`#]", PAGE):
        assert set(re.findall(r"--[a-z-]+", shown)) <= set(re.findall(r"--[a-z-]+", told))
