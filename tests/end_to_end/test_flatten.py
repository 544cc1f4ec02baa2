"""`halt --flatten` with whole processes: the simulator's ledger is flat afterwards, whatever is killed."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest

from tests.bridge_process import BridgeProcess, kept_ports
from tests.campaign.crash_points import CRASHING
from tests.waiting import eventually
from twsbridge import Client
from twsbridge.cli.app import app
from twsbridge.cli.failures import run
from twsbridge.errors import BridgeError
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring
from twssim.recompute import recompute
from twssim.runner import SimulatedTws


def held(simulator: SimulatedTws) -> dict[int, Decimal]:
    """What the simulator's ledger leaves of each contract, by an arithmetic of its own."""
    books = recompute(json.dumps(row) for row in simulator.ledger.records)
    return {con_id: held.quantity for (_, con_id), held in books.holdings.items() if held.quantity}


def hold(client: Client) -> None:
    client.wait_ready()
    client.buy("AAPL", 7, wait="filled")
    client.sell("NVDA", 3, wait="filled")


def test_positions_are_closed_and_what_is_open_is_cancelled(
    simulator: SimulatedTws, bridge: BridgeProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    ann = keyring.add(Home(bridge.home), "ann", "admin")
    with Client(bridge.connection_file) as client:
        hold(client)
        client.buy("AAPL", 5, limit=1, wait="acknowledged")
        with pytest.raises(BridgeError) as error:
            client.flatten("mine")
        assert error.value.code == "auth.role"
        assert run(app, ["halt", "--flatten", "--reason", "x", "--connection", str(ann)]) == 2
        assert "--yes" in capsys.readouterr().err
        said = ["halt", "--flatten", "--yes", "--reason", "end of it", "--connection", str(ann)]
        assert run(app, said) == 0, capsys.readouterr().err
        assert "No position is left" in capsys.readouterr().err
        assert held(simulator) == {}
        assert client.orders() == []
        assert run(app, said) == 0
        assert held(simulator) == {}


def asked_for(bridge: BridgeProcess, ann: Path) -> None:
    """Ask for it, of a bridge that dies over it."""
    with Client(ann) as admin, suppress(BridgeError, TimeoutError):
        admin.wait_ready()
        admin.flatten("fire", timeout=20)
    bridge.wait()


def test_a_bridge_that_dies_in_the_middle_goes_on_and_doubles_nothing(simulator: SimulatedTws, tmp_path: Path) -> None:
    """It dies with its first closing order on the disk and not sent, and the second not thought of."""
    home, tws, ports = tmp_path / "bridge", f"127.0.0.1:{simulator.port}", kept_ports()
    with BridgeProcess(home, tws, *ports) as bridge, Client(bridge.connection_file) as client:
        hold(client)
        ann = keyring.add(Home(home), "ann", "admin")
        bridge.stop()
    with BridgeProcess(home, tws, *ports, program=(str(CRASHING), "PublishEvent:order", "1")) as bridge:
        asked_for(bridge, ann)
    assert held(simulator)
    with BridgeProcess(home, tws, *ports) as bridge, Client(ann) as admin:
        admin.wait_ready()
        eventually(lambda: held(simulator) == {}, "a flat ledger without another word", 60)
        eventually(lambda: [halt.flatten for halt in admin.status().halts] == [""], "the end of it", 60)
        reply = admin.flatten("again")
        assert reply.verified and not reply.unclosed
        assert held(simulator) == {}
        assert [row.position for row in admin.positions()] == []
