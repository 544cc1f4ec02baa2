"""The audit of a real bridge: what its clients did and were refused, over a kill, checked as the operator would."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bridge_process import BridgeProcess
from twsbridge import Client
from twsbridge.errors import BridgeError, OrderRefused
from twsbridge_server.audit_tools import Wanted, show, verify
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring
from twssim.runner import SimulatedTws


def test_what_clients_do_and_are_refused_is_there_with_their_keys_after_a_kill(
    simulator: SimulatedTws, tmp_path: Path
) -> None:
    home, tws = tmp_path / "bridge", f"127.0.0.1:{simulator.port}"
    with BridgeProcess(home, tws) as bridge, Client(bridge.connection_file) as client:
        client.wait_ready()
        eve = keyring.add(Home(bridge.home), "eve", "observer")
        order = client.buy("AAPL", 1, limit=1, wait="acknowledged")
        order.cancel().wait("done", 10)
        with Client(eve) as other, pytest.raises(BridgeError):
            other.buy("AAPL", 1, limit=1)
        client.halt("drill")
        with pytest.raises(OrderRefused):
            client.buy("AAPL", 1, limit=1)
        bridge.kill()
        journal, secret = Home(home).journal, str(bridge.connection["secret_key"])
    assert verify(journal).broken == ""
    rows = [*show(journal, Wanted())]
    by_clients = [(row["client"], row["decision"], row["command"]) for row in rows if row["client"] != "bridge"]
    assert by_clients == [
        ("default", "accepted", "order.place"),
        ("default", "answered", "order.place"),
        ("default", "accepted", "order.cancel"),
        ("default", "answered", "order.cancel"),
        ("eve", "refused", "order.place"),
        ("default", "accepted", "halt"),
        ("default", "refused", "order.place"),
    ]
    of_eve = [row for row in rows if row["client"] == "eve"]
    assert all(
        len(row["key"]) == 16 and row["address"] == "127.0.0.1" and len(row["body_hash"]) == 64 for row in of_eve
    )
    (account,) = {row["account"] for row in rows if row.get("command") == "order.cancel"}
    assert account.startswith("DU")
    assert any("eve" in row.get("added", ()) for row in rows)
    assert secret not in str(rows)
    with BridgeProcess(home, tws) as bridge, Client(bridge.connection_file) as client:
        client.wait_ready()
        assert verify(journal).broken == ""
        bridge.stop()
    assert verify(journal).broken == ""
    assert [*show(journal, Wanted())][-1]["rule"] == "bridge.stopped"
