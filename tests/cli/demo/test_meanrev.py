from pathlib import Path

import pytest

from tests.cli.running import CommandLine
from twsbridge.cli.demo import meanrev
from twsbridge.client import Client
from twssim.runner import SimulatedTws


def test_one_round_ends_without_a_position(
    cli: CommandLine, simulator: SimulatedTws, capsys: pytest.CaptureFixture[str]
) -> None:
    connection: Path = cli.bridge.connection_file
    with Client(connection) as client:
        meanrev.trade_once(client)
        statuses = [order.status for order in client.orders(live=False)]
    assert statuses == ["Filled", "Cancelled", "Filled"]
    assert "modified  order 1: BUY 250 AAPL" in capsys.readouterr().out
    assert [record["quantity"] for record in simulator.ledger.of("position")][-1] == "0"
    assert [record["event"] for record in simulator.ledger.of("order")].count("modified") == 1
