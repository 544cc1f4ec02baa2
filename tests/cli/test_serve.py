import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.bridge_process import BridgeProcess
from tests.waiting import PATIENCE
from twsbridge.cli import main
from twsbridge.cli.app import app
from twsbridge.cli.serve import FLAGS
from twsbridge_server.settings import ServeSettings, variable


def test_every_setting_has_a_flag_and_is_told_in_help() -> None:
    assert {flag.name for flag in FLAGS} == {*ServeSettings.model_fields}
    told = CliRunner().invoke(app, ["serve", "--help"], env={"COLUMNS": "300"}).output
    for flag in FLAGS:
        assert f"--{flag.name.replace('_', '-')}" in told
        assert variable(flag.name) in told
    assert all(port in told for port in ("7496", "7497", "4001", "4002"))


def test_the_defaults_told_are_those_in_force() -> None:
    settings = ServeSettings()
    for flag in FLAGS:
        told = flag.help.partition("Default ")[2]
        if told:
            assert told in (str(getattr(settings, flag.name)), "127.0.0.1:7497")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--cmd-port", "70000"], "--cmd-port"),
        (["--tws", "host:port"], "4002"),
        (["--market-data-type", "9"], "--market-data-type"),
    ],
)
def test_a_wrong_value_is_usage(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", *arguments]) == 2
    assert complaint in capsys.readouterr().err


def test_a_mistyped_variable_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "twsbridge.cli", "serve", "--bind", "nonsense"],
        env={**os.environ, "TWSBRIDGE_CMDPORT": "1", "TWSBRIDGE_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 78
    assert "TWSBRIDGE_CMDPORT means nothing here. Did you mean TWSBRIDGE_CMD_PORT?" in done.stderr


def test_the_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    """The first goodbye is stopped half-way, so that the second signal finds it at work."""
    with BridgeProcess(tmp_path / "b") as bridge:
        bridge.process.send_signal(signal.SIGSTOP)
        bridge.process.send_signal(signal.SIGTERM)
        bridge.process.send_signal(signal.SIGINT)
        bridge.process.send_signal(signal.SIGCONT)
        assert bridge.wait() in (128 + signal.SIGTERM, 128 + signal.SIGINT)


def test_a_journal_that_fails_has_an_exit_code_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from twsbridge_server import app as server
    from twsbridge_server.errors import JournalFailed

    def failing(*arguments: object) -> None:
        raise JournalFailed("The journal cannot be written: disk full.")

    monkeypatch.setattr(server, "serve", failing)
    assert main(["serve", "--home", str(tmp_path)]) == 74
    assert "disk full" in capsys.readouterr().err
