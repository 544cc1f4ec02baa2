"""What the README shows works: every snippet, every line of its table, every command, every link."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.bridge_process import BridgeProcess
from tests.source_tree import ROOT
from tests.waiting import eventually
from twsbridge import Client
from twsbridge.cli import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
SERVICES = ("sim", "serve")


def blocks(language: str) -> list[str]:
    """The fenced pieces of code in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def table() -> list[str]:
    """The lines of code in the table of what can be done."""
    return re.findall(r"^\| [^|]+ \| `([^|]+)` \|$", README, re.MULTILINE)


def commands() -> list[str]:
    """The arguments of every `twsbridge` that is shown in a block."""
    lines = [line.partition("#")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    return [line.removeprefix("twsbridge ") for line in lines if line.startswith("twsbridge ")]


@pytest.fixture
def ready(bridge: BridgeProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> BridgeProcess:
    """A bridge that is found as a user's own, ready for orders."""
    monkeypatch.setenv("TWSBRIDGE_HOME", str(bridge.home))
    monkeypatch.chdir(tmp_path)
    with Client() as client:
        eventually(lambda: client.status().state == "READY")
    return bridge


@pytest.mark.usefixtures("ready")
def test_the_snippets(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    shown = blocks("python")
    assert len(shown) == 2
    for block in shown:
        exec(compile(block, "README.md", "exec"), {})
    out = capsys.readouterr().out
    assert "NetLiquidation" in out and "Open" in out and "Filled" in out and "Cancelled" in out
    assert (tmp_path / "fills.csv").read_text().count("\n") == 2


@pytest.mark.usefixtures("ready")
def test_the_lines_of_the_table(tmp_path: Path) -> None:
    lines = table()
    assert len(lines) > 10
    with Client() as client:
        names: dict[str, object] = {"client": client}
        for line in lines:
            exec(compile(line, line, "exec"), names)
    assert (tmp_path / "AAPL.png").exists()


@pytest.mark.usefixtures("ready")
def test_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    shown = commands()
    assert {*SERVICES, "doctor"} <= set(shown) and len(shown) > 12
    for command in shown:
        if command not in SERVICES:
            assert main(shlex.split(command)) == 0, command + capsys.readouterr().err


def test_the_flags_in_the_text(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    for command, flags in re.findall(r"`(?:twsbridge )?(serve|fills|quote|keys add)((?: [^`-]*--[a-z-]+)+)", README):
        assert main([*command.split(), "--help"]) == 0
        assert set(re.findall(r"--[a-z-]+", flags)) <= set(re.findall(r"--[a-z-]+", capsys.readouterr().out))


def test_the_links() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_it_can_be_read_in_an_editor() -> None:
    assert [line for line in README.splitlines() if len(line) > 125] == []
