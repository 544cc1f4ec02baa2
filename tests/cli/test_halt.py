from __future__ import annotations

import pytest

from tests.bridge_process import BridgeProcess
from twsbridge.cli.app import app
from twsbridge.cli.failures import run


def test_restricting_is_seen_in_status_and_doctor(bridge: BridgeProcess, capsys: pytest.CaptureFixture[str]) -> None:
    connection = ["--connection", str(bridge.connection_file)]
    assert run(app, ["halt", "--reduce", "--client", "default", "--reason", "carefully", *connection]) == 0
    assert "client default is REDUCING: carefully (default)" in capsys.readouterr().out
    assert run(app, ["doctor", *connection]) == 1
    assert "client default is REDUCING" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [["halt", "--reduce", "--cancel"], ["halt", "--account", "DU1", "--client", "x"], ["resume"],
     ["resume", "--reason", "x", "--account", "DU1", "--client", "x"]],
)  # fmt: skip
def test_what_contradicts_itself_is_refused_before_anything_is_asked(arguments: list[str]) -> None:
    assert run(app, arguments) == 2
