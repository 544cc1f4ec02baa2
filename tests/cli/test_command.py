"""Ctrl-C in the first moments of the command `twsbridge`, while it still loads: a quiet end, whatever is loading."""

from __future__ import annotations

import signal
import subprocess
import sys
import tomllib

import pytest

from tests.source_tree import ROOT
from tests.waiting import PATIENCE

SCRIPT = "import sys; from twsbridge_command import main; sys.exit(main())"
SIMULATOR = ("-c", SCRIPT, "sim", "--port", "0")
"""As the console script does it. It runs until it is told to stop, so that the signal never comes too late."""


def test_it_is_what_the_console_script_starts() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"twsbridge": "twsbridge_command:main"}


@pytest.mark.parametrize("loaded", ["annotated_types", "pydantic._internal", "zmq.constants", "typer.main"])
def test_an_interruption_while_it_loads_ends_it_quietly(loaded: str) -> None:
    """Python's own report of what it has loaded says how far the process is."""
    command = [sys.executable, "-X", "importtime", *SIMULATOR]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any(loaded in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        said = [line for line in process.stderr if not line.startswith("import time:")]
        assert (process.wait(PATIENCE), said) == (130, [])
