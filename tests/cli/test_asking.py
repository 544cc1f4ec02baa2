import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bridge_process import BridgeProcess
from tests.waiting import PATIENCE
from twsbridge.cli import main
from twsbridge.cli.asking import Asking, as_failures
from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure
from twsbridge.errors import MissingExtra, closed

LOOKING = (["status"], ["doctor"], ["account"], ["positions"], ["history", "AAPL"], ["quote", "AAPL"], ["orders"],
           ["fills"], ["order", "place", "BUY", "1", "AAPL"], ["order", "modify", "1", "--quantity", "2"],
           ["order", "cancel", "1"])  # fmt: skip


@pytest.mark.parametrize("words", LOOKING)
def test_without_a_connection_file_every_command_says_so(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--connection", str(tmp_path / "none.json")]) == ExitCode.UNREACHABLE
    out, err = capsys.readouterr()
    assert "No connection file" in out + err and "twsbridge serve" in out + err and "Traceback" not in out + err


def test_a_bridge_that_has_gone_is_unreachable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with BridgeProcess(tmp_path / "b") as bridge:
        bridge.stop()
    words = ["positions", "--connection", str(bridge.connection_file), "--timeout", "0.3"]
    assert main(words) == ExitCode.UNREACHABLE
    assert "No bridge answered" in capsys.readouterr().err


def test_without_tws_a_question_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with BridgeProcess(tmp_path / "b") as bridge:
        for words in (["positions"], ["status"], ["order", "cancel", "1"]):
            assert main([*words, "--connection", str(bridge.connection_file)]) == ExitCode.TWS_DOWN
            assert "doctor" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TimeoutError("late"), ExitCode.UNKNOWN),
        (MissingExtra("pandas", "pandas"), ExitCode.USAGE),
        (ValueError("odd"), ExitCode.USAGE),
        (PermissionError(13, "no"), ExitCode.USAGE),
    ],
)
def test_other_errors_have_exit_codes_too(error: Exception, code: ExitCode) -> None:
    with pytest.raises(Failure) as raised, as_failures():
        raise error
    assert (raised.value.code, str(raised.value)) == (code, str(error))


def test_errors_of_the_bridge_pass() -> None:
    with pytest.raises(type(closed())), as_failures():
        raise closed()


def test_nobody_is_asked_before_it_is_needed(tmp_path: Path) -> None:
    Asking(tmp_path / "none.json", None, None).close()


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    """As with `| head`: nothing is printed about it."""
    with BridgeProcess(tmp_path / "b") as bridge:
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [sys.executable, "-m", "twsbridge.cli", "status", "-o", "json", "--connection", bridge.connection_file],
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
        )
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")
