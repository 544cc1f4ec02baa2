"""The kill switch with whole processes. The simulator's ledger says what was sent while it stood."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.bridge_process import BridgeProcess
from tests.waiting import PATIENCE, eventually
from twsbridge import Client
from twsbridge.cli.app import app
from twsbridge.cli.failures import run
from twsbridge.errors import BridgeError, OrderRefused
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring
from twsbridge_server.private_files import write_text
from twssim.runner import SimulatedTws


def placed(simulator: SimulatedTws) -> int:
    """How many orders and changes the simulator has been sent."""
    return len([record for record in simulator.ledger.of("request") if record["name"] == "PlaceOrder"])


def refused(code: str, act: Any) -> None:
    with pytest.raises(BridgeError) as error:
        act()
    assert error.value.code == code


def admin(bridge: BridgeProcess) -> Path:
    return keyring.add(Home(bridge.home), "ann", "admin")


def test_a_halt_survives_kill_9_and_nothing_is_sent_until_an_admin_resumes(
    simulator: SimulatedTws, tmp_path: Path
) -> None:
    home, tws = tmp_path / "bridge", f"127.0.0.1:{simulator.port}"
    with BridgeProcess(home, tws) as bridge, Client(bridge.connection_file) as client:
        client.wait_ready()
        order = client.buy("AAPL", 1, limit=1, wait="acknowledged")
        before = placed(simulator)
        assert client.halt("fire drill").halts[0].state == "HALTED"
        refused("limit.halted", lambda: client.buy("AAPL", 1, limit=1))
        refused("limit.halted", lambda: order.modify(limit=2))
        refused("auth.role", lambda: client.resume("mended"))
        bridge.kill()
    with BridgeProcess(home, tws) as bridge, Client(bridge.connection_file) as client:
        client.wait_ready()
        assert [halt.reason for halt in client.status().halts] == ["fire drill"]
        with pytest.raises(OrderRefused):
            client.sell("AAPL", 1, limit=1)
        client.halt("still", client="default")
        assert client.cancel(client.orders()[0].order_id or 0).wait("done", PATIENCE).status == "Cancelled"
        assert placed(simulator) == before
        with Client(admin(bridge)) as ann:
            ann.resume("mended", client="default")
            assert ann.resume("mended").halts == []
        client.buy("AAPL", 1, limit=1, wait="acknowledged")
        assert placed(simulator) == before + 1


def test_halt_and_cancel_leave_nothing_and_say_so(
    simulator: SimulatedTws, bridge: BridgeProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    bob = keyring.add(Home(bridge.home), "bob", "trader")
    with Client(bridge.connection_file) as client, Client(bob) as other:
        client.wait_ready()
        for each in (client, other):
            each.buy("AAPL", 1, limit=1, wait="acknowledged")
            each.buy("NVDA", 1, limit=1, wait="acknowledged")
        own = client.halt("mine only", cancel=True)
        assert [order.owner for order in own.left] == ["bob", "bob"] and own.verified
        connection = ["--connection", str(admin(bridge))]
        assert run(app, ["halt", "--cancel", "--reason", "all of it", *connection]) == 0
        assert "global is HALTED" in capsys.readouterr().out
        assert client.orders() == []
        assert run(app, ["resume", *connection]) == 2
        assert run(app, ["resume", "--reason", "mended", *connection]) == 0
        assert "Nothing is halted" in capsys.readouterr().out
    statuses = [record["status"] for record in simulator.ledger.of("status")]
    assert statuses.count("Cancelled") == 4


def test_a_file_and_a_signal_stop_everything(bridge: BridgeProcess) -> None:
    with Client(bridge.connection_file) as client, Client(admin(bridge)) as ann:
        client.wait_ready()
        file = bridge.home / "HALT"
        file.write_text("the operator says so\n")
        eventually(lambda: client.status().halts != [], "the file to be seen")
        refused("limit.halted", lambda: client.buy("AAPL", 1, limit=1))
        refused("halt.file", lambda: ann.resume("mended"))
        file.unlink()
        eventually(lambda: _resumes(ann), "the file to be missed")
        bridge.process.send_signal(signal.SIGUSR2)
        eventually(lambda: [halt.by for halt in client.status().halts] == ["signal"], "the signal to be heard")
        refused("limit.halted", lambda: client.buy("AAPL", 1, limit=1))


def _resumes(ann: Client) -> bool:
    try:
        return ann.resume("mended").halts == []
    except BridgeError:
        return False


def test_a_rule_halts_by_itself_and_stands_over_a_restart_until_an_admin_resumes(
    simulator: SimulatedTws, tmp_path: Path
) -> None:
    home, tws = tmp_path / "bridge", f"127.0.0.1:{simulator.port}"
    home.mkdir(mode=0o700)
    write_text(home / "limits.toml", "[account.DU1234567]\nhalt_rejects_per_minute = 1\n")
    with BridgeProcess(home, tws) as bridge, Client(bridge.connection_file) as client:
        client.wait_ready()
        for price in (-1, -2):
            with pytest.raises(BridgeError, match="must be greater than zero"):
                client.buy("AAPL", 1, limit=price, wait="acknowledged")
        (halt,) = client.status().halts
        assert (halt.scope, halt.of, halt.state, halt.by) == ("account", "DU1234567", "HALTED", "rule:rejects")
        bridge.kill()
    with BridgeProcess(home, tws) as bridge, Client(bridge.connection_file) as client:
        client.wait_ready()
        refused("limit.halted", lambda: client.buy("AAPL", 1, limit=1))
        with Client(admin(bridge)) as ann:
            assert ann.resume("mended", account="DU1234567").halts == []
        client.buy("AAPL", 1, limit=1, wait="acknowledged")
