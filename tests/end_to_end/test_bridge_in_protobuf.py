"""A bridge with the newest TWS that the simulator speaks, and with one that mixes text and protobuf."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

import twssim
from tests.bridge_process import BridgeProcess
from tests.waiting import PATIENCE, eventually
from twsbridge import Client, MarketOrder, Stock
from twssim.runner import SimulatedTws


@pytest.fixture(params=[203, 225])
def tws(request: pytest.FixtureRequest) -> Iterator[SimulatedTws]:
    with twssim.run(port=0, server_version=request.param) as running:
        yield running


@pytest.fixture
def client(tws: SimulatedTws, tmp_path: Path) -> Iterator[Client]:
    tws_at = f"127.0.0.1:{tws.port}"
    with BridgeProcess(tmp_path / "bridge", tws_at) as running, Client(running.connection_file) as client:
        client.wait_ready()
        yield client


def test_account_history_ticks_and_a_filled_order(tws: SimulatedTws, client: Client) -> None:
    assert client.status().tws.server_version == tws.call(lambda gateway: gateway.settings.server_version)
    assert client.account().value("NetLiquidation") == 100_000
    assert 55 <= len(client.bars(Stock("CSH2", exchange="LSE", currency="GBP"), "3 M", "1 day").df) <= 70
    with client.ticks("NVDA", timeout=PATIENCE) as ticks:
        assert all(quote.ticks for quote in islice(ticks, 5))
    trade = client.place(Stock("NVDA"), MarketOrder("BUY", 3))
    trade.wait()
    (fill,), (truth,) = trade.fills, tws.ledger.of("execution")
    assert (fill.exec_id, fill.shares, fill.price) == (
        truth["exec_id"],
        Decimal(truth["shares"]),
        float(truth["price"]),
    )
    eventually(lambda: trade.fills[0].commission, "the commission comes a moment later")
    eventually(lambda: [(row.contract.symbol, row.position) for row in client.positions()] == [("NVDA", 3)])
