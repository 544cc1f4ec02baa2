"""Each task of a beginner's guide to IB's Python API, by a client of the bridge, judged by the simulated TWS."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import twssim
from tests.bridge_process import BridgeProcess
from tests.source_tree import ROOT
from tests.waiting import PATIENCE, eventually
from twsbridge import Client, MarketOrder, Stock, Trade, display, plot
from twsbridge.quote import Tick
from twssim.runner import SimulatedTws

EXAMPLES = ROOT / "clients" / "python" / "examples"
GUIDE_TAGS = {"AvailableFunds", "BuyingPower", "NetLiquidation", "TotalCashValue"}


@pytest.fixture(scope="module")
def tws() -> Iterator[SimulatedTws]:
    with twssim.run(port=0) as running:
        yield running


@pytest.fixture(scope="module")
def serving(tws: SimulatedTws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeProcess]:
    home = tmp_path_factory.mktemp("guide") / "bridge"
    with BridgeProcess(home, f"127.0.0.1:{tws.port}", "--client-id", "7") as running:
        yield running


@pytest.fixture
def client(serving: BridgeProcess) -> Iterator[Client]:
    with Client(serving.connection_file) as client:
        client.wait_ready()
        yield client


def accepted(tws: SimulatedTws, trade: Trade) -> list[dict[str, Any]]:
    """What TWS's ledger says about the orders that it took under this order id."""
    return [record for record in tws.ledger.of("order") if record["order_id"] == trade.order_id]


def executed(tws: SimulatedTws, trade: Trade) -> list[dict[str, Any]]:
    """The fills of this order in TWS's ledger."""
    return [record for record in tws.ledger.of("execution") if record["order_id"] == trade.order_id]


def statuses(trade: Trade) -> list[str]:
    return [event.body["status"] for event in trade if event.type == "order"]


def test_connect_and_see_the_next_order_id_and_the_farms(tws: SimulatedTws, client: Client) -> None:
    status = client.status()
    assert (status.state, status.tws.endpoint, status.tws.client_id) == ("READY", f"127.0.0.1:{tws.port}", 7)
    assert status.tws.next_order_id is not None and status.tws.next_order_id >= 1
    eventually(lambda: {2104, 2106, 2158} <= {notice.tws_code for notice in client.notices()})
    assert client.accounts == status.accounts != []


def test_account_values_have_a_currency_and_an_end(client: Client) -> None:
    summary = client.account(tags=tuple(GUIDE_TAGS))
    assert {row.tag for row in summary} == GUIDE_TAGS
    assert {row.currency for row in summary} == {"GBP"}
    assert all((summary.value(tag) or 0) > 0 for tag in GUIDE_TAGS)
    assert "GBP" in repr(summary)
    assert {row.tag for row in client.account()} > GUIDE_TAGS, "without tags: all there are"


def test_positions_have_an_end_also_when_there_are_none_and_follow_the_fills(client: Client) -> None:
    before = sum(row.position for row in client.positions() if row.contract.symbol == "IBM")
    client.buy("IBM", 3).wait()
    eventually(lambda: sum(row.position for row in client.positions() if row.contract.symbol == "IBM") == before + 3)


def test_history_as_a_table_and_a_chart(client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    df = client.bars(Stock("CSH2", exchange="LSE", currency="GBP"), "3 M", "1 day", what_to_show="TRADES").df
    assert isinstance(df.index, pd.DatetimeIndex) and df.index.is_monotonic_increasing and 55 <= len(df) <= 70
    assert {"Open", "High", "Low", "Close"} <= set(df.columns)
    assert (df["High"] >= df[["Open", "Close"]].max(axis=1)).all() and (df["Low"] <= df["Close"]).all()
    display(df[["Open", "High", "Low", "Close"]])
    assert "Close" in capsys.readouterr().out
    figure = plot(df, "CSH2, daily", tmp_path / "chart.png")
    assert figure.axes[0].get_title() == "CSH2, daily"
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")


def test_market_data_comes_as_prices_and_sizes(client: Client) -> None:
    names: set[str] = set()
    with client.ticks("NVDA", timeout=PATIENCE) as ticks:
        for quote in islice(ticks, 50):
            assert all(isinstance(tick, Tick) for tick in quote.ticks)
            names |= {tick.name for tick in quote.ticks}
            if {"bid", "ask", "last", "bid_size", "ask_size"} <= names:
                break
    assert {"bid", "ask", "last", "bid_size", "ask_size"} <= names
    assert quote.bid is not None and quote.ask is not None and 0 < quote.bid < quote.ask


def test_a_market_order_from_its_id_to_its_execution(tws: SimulatedTws, client: Client) -> None:
    before = client.status().tws.next_order_id
    trade = client.place(Stock("NVDA"), MarketOrder("BUY", 1))
    assert trade.order_id == before
    trade.wait()
    seen = statuses(trade)
    assert "PreSubmitted" in seen and seen[-1] == "Filled"
    (fill,) = trade.fills
    (truth,) = executed(tws, trade)
    assert (fill.action, fill.symbol, fill.shares) == ("BUY", "NVDA", 1)
    assert (fill.exec_id, fill.shares, fill.price) == (
        truth["exec_id"],
        Decimal(truth["shares"]),
        float(truth["price"]),
    )
    assert trade.avg_price == fill.price
    assert fill.exec_id in {execution.exec_id for execution in client.executions()}
    eventually(lambda: trade.fills[0].commission, "the commission comes a moment later")


def test_an_order_is_modified_under_its_own_id(tws: SimulatedTws, client: Client) -> None:
    trade = client.buy("NVDA", 1, limit=10.0).wait("Submitted")
    order_id = trade.order_id
    trade.modify(quantity=5)
    eventually(lambda: trade.remaining == 5)
    assert trade.order_id == order_id
    assert [Decimal(record["terms"]["total_quantity"]) for record in accepted(tws, trade)] == [1, 5]
    assert trade.cancel().wait().status == "Cancelled"


def test_a_limit_order_rests_is_listed_and_cancelled(tws: SimulatedTws, client: Client) -> None:
    trade = client.buy("NVDA", 2, limit=11.5).wait("Submitted")
    live = {order.order_id: order for order in client.orders()}
    assert trade.order_id in live
    order = live[trade.order_id]
    assert (order.order.order_type, order.order.limit_price, order.remaining) == ("LMT", 11.5, 2)
    assert client.cancel(trade.order_id or 0).wait().status == "Cancelled"
    assert trade.wait().status == "Cancelled"
    assert trade.order_id not in {order.order_id for order in client.orders()}
    assert trade.order_id in {order.order_id for order in client.orders(live=False)}
    assert executed(tws, trade) == []


def test_a_limit_at_the_market_fills_at_the_limit_or_better(tws: SimulatedTws, client: Client) -> None:
    ask = client.quote("AAPL").ask
    assert ask is not None
    trade = client.buy("AAPL", 1, limit=round(ask * 1.01, 2)).wait()
    assert trade.status == "Filled"
    assert all(fill.price <= round(ask * 1.01, 2) for fill in trade.fills)


def test_another_process_sees_the_fills_of_this_one(client: Client, serving: BridgeProcess) -> None:
    with Client(serving.connection_file) as other:
        fills = other.fills(since="now")
        trade = client.sell("MSFT", 1).wait()
        fill = fills.next(15)
    assert fill is not None and fill.exec_id == trade.fills[0].exec_id and fill.action == "SELL"


def run_example(serving: BridgeProcess, folder: Path, name: str, *arguments: str) -> str:
    """What an example prints, as a program of its own that finds the bridge by the environment."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / name), *arguments],
        cwd=folder,
        env={**os.environ, "TWSBRIDGE_CONNECTION": str(serving.connection_file)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_example_connect(serving: BridgeProcess, tmp_path: Path) -> None:
    shown = run_example(serving, tmp_path, "connect.py")
    for part in ("client id 7", "next order id", "2104", "2106", "2158"):
        assert part in shown


def test_the_example_account(serving: BridgeProcess, tmp_path: Path) -> None:
    shown = run_example(serving, tmp_path, "account.py")
    assert all(tag in shown for tag in GUIDE_TAGS) and "GBP" in shown and "net liquidation:" in shown


def test_the_example_history(serving: BridgeProcess, tmp_path: Path) -> None:
    shown = run_example(serving, tmp_path, "history.py")
    assert "Close" in shown and "chart in CSH2.png" in shown
    assert (tmp_path / "CSH2.png").read_bytes().startswith(b"\x89PNG")


def test_the_example_ticks(serving: BridgeProcess, tmp_path: Path) -> None:
    shown = run_example(serving, tmp_path, "ticks.py", "NVDA")
    assert "Quote(NVDA" in shown and "bid " in shown and "bid_size " in shown


def test_the_example_orders(serving: BridgeProcess, tmp_path: Path) -> None:
    shown = run_example(serving, tmp_path, "orders.py")
    for part in ("order id", "PreSubmitted", "Filled, 1 of 1 filled", "0 of 5 filled", "Cancelled"):
        assert part in shown


def test_the_example_fills_to_csv(serving: BridgeProcess, tws: SimulatedTws, client: Client, tmp_path: Path) -> None:
    client.buy("NVDA", 1).wait()
    first = run_example(serving, tmp_path, "fills_to_csv.py")
    client.buy("NVDA", 1).wait()
    second = run_example(serving, tmp_path, "fills_to_csv.py", "fills.csv")
    assert first.count("NVDA") >= 1 and "1 new fills in fills.csv" in second
    with (tmp_path / "fills.csv").open(newline="") as file:
        written = [row["exec_id"] for row in csv.DictReader(file)]
    assert written == [record["exec_id"] for record in tws.ledger.of("execution")]


def test_every_example_has_its_test() -> None:
    tested = {name.removeprefix("test_the_example_") for name in globals() if name.startswith("test_the_example_")}
    assert {path.stem for path in EXAMPLES.glob("*.py")} == tested
