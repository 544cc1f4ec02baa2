import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import process
from tests.cli.test_main import WITHOUT
from tests.waiting import PATIENCE
from twsbridge.cli import main


def test_its_options_are_those_of_the_simulator(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sim", "--help"]) == 0
    out = capsys.readouterr().out
    options = ("--host", "--port", "--seed", "--ledger", "--account", "--currency", "--server-version", "--speed")
    assert all(option in out for option in options)


def test_a_wrong_option_is_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sim", "--nonsense"]) == 2
    assert main(["sim", "--port", "-1"]) == 2
    assert "--port" in capsys.readouterr().err


def test_it_listens_and_stops(tmp_path: Path) -> None:
    with process("sim", "--port", "0", "--ledger", str(tmp_path / "l.jsonl")) as sim:
        assert sim.stdout is not None
        assert sim.stdout.readline().startswith("twssim listening on 127.0.0.1:")
        sim.terminate()
        assert sim.wait(PATIENCE) == 0


def test_what_is_missing_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, "twssim", "sim"], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 2 and "pip install 'twsbridge[sim]'" in done.stderr
