from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.foreign_clients import environments as made
from tests.foreign_clients.environments import CannotMake, Environment, environments, make_all

UV = """#!/bin/sh
[ -z "$UV_FAILS" ] || { echo "no network" >&2; exit 1; }
echo "$@" >>"$UV_LOG"
"""


@pytest.fixture
def uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose only tool is a uv that writes down what it is told; environments go to a folder of the test."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "uv").write_text(UV)
    (tools / "uv").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.defpath}")
    monkeypatch.setenv("UV_LOG", str(tmp_path / "log"))
    monkeypatch.setattr(made, "ROOT", tmp_path)
    monkeypatch.setattr(made, "FOLDER", tmp_path / ".foreign")
    return tmp_path / "log"


def test_there_is_one_for_each_lock() -> None:
    assert [each.name for each in environments()] == [
        "ib_async",
        "ib_insync",
        "ibapi-10.37",
        "ibapi-10.46",
        "ibapi-9.81",
        "stoqey",
    ]


def test_it_is_made_from_its_hashed_lock_and_only_once(uv: Path) -> None:
    environment = Environment("ib_async")
    assert make_all([environment]) == {} and environment.is_ready
    venv, install = uv.read_text().splitlines()
    assert venv.startswith("venv ") and install.endswith(f"--require-hashes -r {made.LOCKS / 'ib_async.txt'}")
    assert make_all([environment]) == {}
    assert len(uv.read_text().splitlines()) == 2


def test_another_lock_makes_it_old(uv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = Environment("ib_async")
    environment.make()
    monkeypatch.setattr(made, "LOCKS", tmp_path)
    (tmp_path / "ib_async.txt").write_text("another")
    assert not environment.is_ready


def test_what_cannot_be_made_is_told_and_leaves_nothing(uv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_FAILS", "1")
    environment = Environment("ib_insync")
    assert make_all([environment]) == {"ib_insync": "no network"}
    assert not environment.path.exists()


def test_without_node_there_is_no_stoqey(uv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(uv.with_name("bin")))
    with pytest.raises(CannotMake, match="no node and npm"):
        Environment("stoqey").make()
