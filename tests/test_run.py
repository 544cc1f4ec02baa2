"""`./run` on machines it may meet: made of a PATH with chosen tools, never touching the network."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source_tree import ROOT
from tests.waiting import PATIENCE

TOOLS = ("sh", "cat", "chmod", "cksum", "dirname", "mkdir", "mktemp", "rm")
OLD_PYTHON = '[ "$1" = --version ] && echo "Python 3.10.12" && exit 0; exit 1'
PYTHON_WITHOUT_PIP = f'case "$*" in *ensurepip* | *"-m pip"*) exit 1 ;; esac; exec {sys.executable} "$@"'
UV = """
echo "$@" >>uv.log
case "$1 $2" in
"venv "*) mkdir -p .venv/bin; echo '#!/bin/sh' >.venv/bin/python; chmod +x .venv/bin/python ;;
"pip install") [ -z "${UV_WAIT:-}" ] || cat "$UV_WAIT"; exit "${UV_EXIT:-0}" ;;
esac
"""


class Machine:
    """A checkout and the only tools on its PATH."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "checkout"
        self.tools = folder / "bin"
        self.scratch = folder / "scratch"
        for made in (self.checkout, self.tools, self.scratch):
            made.mkdir()
        for name in ("run", "pyproject.toml"):
            shutil.copy(ROOT / name, self.checkout)
        shutil.copytree(ROOT / "requirements", self.checkout / "requirements")
        for name in TOOLS:
            self.tools.joinpath(name).symlink_to(shutil.which(name) or pytest.fail(f"no {name} here"))

    def add(self, tool: str, script: str) -> None:
        self.tools.joinpath(tool).write_text(f"#!{shutil.which('sh')}\n{script}\n")
        self.tools.joinpath(tool).chmod(0o755)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        base = {"PATH": str(self.tools), "TMPDIR": str(self.scratch), "HOME": str(self.scratch)}
        return subprocess.Popen(
            ["sh", "./run", *arguments],
            cwd=self.checkout,
            env=base | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **environment)
        output, errors = process.communicate(timeout=PATIENCE)
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    @property
    def uv_calls(self) -> list[str]:
        log = self.checkout / "uv.log"
        return log.read_text().splitlines() if log.exists() else []

    @property
    def is_untouched(self) -> bool:
        return not (self.checkout / ".venv").exists() and not list(self.scratch.iterdir())


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_a_command_it_says_what_there_is(machine: Machine) -> None:
    done = machine.run()
    assert done.returncode == 0
    commands = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert commands == ["demo", "test", "lint", "types", "layers", "foreign", "bench", "campaign", "lock", "generate"]


def test_an_unknown_command_is_refused(machine: Machine) -> None:
    done = machine.run("tset")
    assert done.returncode == 2
    assert "there is no command 'tset'" in done.stderr


def test_an_old_python_gets_one_clear_sentence(machine: Machine) -> None:
    machine.add("python3", OLD_PYTHON)
    done = machine.run("demo")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "run: twsbridge needs Python 3.11 or newer and found Python 3.10.12: install one (or uv) and try again."
    ]
    assert machine.is_untouched


def test_no_python_at_all_gets_one_clear_sentence(machine: Machine) -> None:
    done = machine.run("test")
    assert done.returncode == 2
    assert "Python 3.11 or newer and found no python3 on PATH" in done.stderr
    assert machine.is_untouched


def test_a_python_without_any_pip_is_told_what_to_install_and_leaves_nothing(machine: Machine) -> None:
    machine.add("python3", PYTHON_WITHOUT_PIP)
    done = machine.run("demo")
    assert done.returncode == 2
    assert "apt-get install python3-venv" in done.stderr
    assert machine.is_untouched


def test_the_set_up_installs_the_lock_with_hashes_and_only_once(machine: Machine) -> None:
    machine.add("uv", UV)
    assert machine.run("test", "-x").returncode == 0
    assert machine.uv_calls == [
        "venv --quiet --python >=3.11 .venv",
        "pip install --quiet --python .venv/bin/python --require-hashes -r requirements/dev.txt",
        "pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .",
    ]
    again = machine.run("test", "-x")
    assert (again.returncode, again.stderr, len(machine.uv_calls)) == (0, "", 3)
    assert not list(machine.scratch.iterdir())


@pytest.mark.parametrize("changed", ["requirements/dev.txt", "pyproject.toml"])
def test_a_changed_lock_is_installed(machine: Machine, changed: str) -> None:
    machine.add("uv", UV)
    machine.run("test", "-x")
    with (machine.checkout / changed).open("a") as file:
        file.write("# newer\n")
    machine.run("test", "-x")
    assert len(machine.uv_calls) == 5


def test_a_set_up_that_fails_leaves_nothing_and_is_tried_again(machine: Machine) -> None:
    machine.add("uv", UV)
    failed = machine.run("test", "-x", UV_EXIT="1")
    assert failed.returncode == 2
    assert "the set-up failed" in failed.stderr
    assert machine.is_untouched
    assert machine.run("test", "-x").returncode == 0


def test_ctrl_c_in_the_middle_of_the_set_up_leaves_nothing(machine: Machine, tmp_path: Path) -> None:
    machine.add("uv", UV)
    os.mkfifo(tmp_path / "wait")
    process = machine.start("demo", UV_WAIT=str(tmp_path / "wait"))
    with (tmp_path / "wait").open("w"):  # opens when the other end is read: the installation is under way
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert machine.is_untouched


def test_run_is_a_posix_script_that_may_be_executed() -> None:
    assert os.access(ROOT / "run", os.X_OK)
    assert (ROOT / "run").read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
