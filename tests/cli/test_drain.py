from __future__ import annotations

import pytest

from tests.bridge_process import BridgeProcess
from twsbridge import Client
from twsbridge.cli.app import app
from twsbridge.cli.failures import run
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring


def test_an_admin_lets_the_bridge_go_down_in_order(bridge: BridgeProcess, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(app, ["drain", "--connection", str(bridge.connection_file)]) == 1
    assert "auth.role" in capsys.readouterr().err
    with Client(bridge.connection_file) as watching:
        watching.wait_ready()
        keyring.add(Home(bridge.home), "root", "admin")
        admin = str(bridge.home / "clients" / "root.json")
        words = ["--reason", "a new version", "--seconds", "5", "--expect-back", "60", "--connection", admin]
        assert run(app, ["drain", *words]) == 0
        assert "The bridge is DRAINING and stops within" in capsys.readouterr().out
        assert bridge.wait() == 0
    assert "everything is said" in bridge.log
