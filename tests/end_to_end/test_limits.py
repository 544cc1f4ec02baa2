"""Limits with whole processes, as an operator sets them: in the file, in the currency of the account."""

from __future__ import annotations

from pathlib import Path

from tests.bridge_process import BridgeProcess
from tests.waiting import eventually
from twsbridge import Client
from twsbridge.errors import BridgeError, OrderRefused
from twssim.runner import SimulatedTws

LIMITED = "[global]\nmax_notional = 1000\n"


def refusal(client: Client, quantity: int) -> tuple[str, str]:
    """(code, words) of the answer to an order of so many at 100 dollars; empty when it is taken."""
    try:
        client.buy("AAPL", quantity, limit=100, wait="durable")
    except (OrderRefused, BridgeError) as error:
        return error.code, str(error)
    return "", ""


def test_dollars_are_converted_into_the_pounds_of_the_account(simulator: SimulatedTws, tmp_path: Path) -> None:
    home = tmp_path / "bridge"
    home.mkdir(mode=0o700)
    file = home / "limits.toml"
    file.write_text(LIMITED)
    with BridgeProcess(home, f"127.0.0.1:{simulator.port}") as bridge, Client(bridge.connection_file) as client:
        client.wait_ready()
        assert eventually(lambda: refusal(client, 1)[0] == "limit.no_rate")
        assert "no exchange rate of USD in GBP" in refusal(client, 1)[1]
        file.write_text(f'currency = "GBP"\n[rates]\nUSD = 2.0\n{LIMITED}')
        assert eventually(lambda: refusal(client, 1)[0] == "")
        assert refusal(client, 6)[0] == "limit.notional"
        client.buy("AAPL", 1, limit=450).wait("filled")
    with BridgeProcess(home, f"127.0.0.1:{simulator.port}") as bridge, Client(bridge.connection_file) as client:
        client.wait_ready()
        assert eventually(lambda: refusal(client, 6)[0] == ""), (
            "TWS's rate of what is held is below one: it comes first"
        )
        assert refusal(client, 60)[0] == "limit.notional"
