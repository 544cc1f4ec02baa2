"""A recording served over a real socket: by Python, and to a bridge."""

from __future__ import annotations

from pathlib import Path

import pytest

import twssim
from tests.bridge_process import BridgeProcess
from tests.waiting import eventually
from twsbridge import Client
from twssim.runner import SimulatedTws


def test_a_bridge_is_served_its_own_recording(tmp_path: Path, simulator: SimulatedTws) -> None:
    """Recorded by the bridge, served by the simulator, to another bridge with other order references."""
    with BridgeProcess(tmp_path / "a", f"127.0.0.1:{simulator.port}", "--record", str(tmp_path / "rec")) as bridge:
        with Client(bridge.connection_file) as client:
            eventually(lambda: client.status().state == "READY")
            first = client.buy("AAPL", 3).wait("filled")
            accounts = client.account().df
        bridge.stop()
    with (
        twssim.run(replay=str(tmp_path / "rec")) as tws,
        BridgeProcess(tmp_path / "b", f"127.0.0.1:{tws.port}") as bridge,
        Client(bridge.connection_file) as client,
    ):
        eventually(lambda: client.status().state == "READY")
        again = client.buy("AAPL", 3).wait("filled")
        assert [(fill.exec_id, fill.price) for fill in again.fills] == [
            (fill.exec_id, fill.price) for fill in first.fills
        ]
        assert len(client.account().df) == len(accounts)
        assert {each["name"] for each in tws.departures} <= {"PlaceOrder", "RequestAccountSummary"}


def test_what_cannot_be_served_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no recording"):
        twssim.run(replay=str(tmp_path / "none"))
    with pytest.raises(ValueError, match="one of recorded, fast"):
        twssim.run(replay=str(tmp_path / "none"), pace="slow")
