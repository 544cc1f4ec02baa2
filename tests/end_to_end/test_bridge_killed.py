"""The bridge is killed while orders flow: judged by the simulator's ledger and by what a fills logger wrote."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from random import Random
from threading import Timer

from tests.bridge_process import BridgeProcess, kept_ports
from tests.waiting import eventually
from twsbridge import BridgeError, Client, LimitOrder, MarketOrder, Order
from twssim.runner import SimulatedTws

KILLS = 4
ORDERS = 50
SYMBOLS = ("NVDA", "AAPL", "MSFT", "IBM", "AMZN", "QQQ")
"""Several, since TWS takes no more than 20 working orders of one contract and side."""

LOGGER = """
import sys
from twsbridge import Client, csv_fills

with Client(sys.argv[1]) as tws:
    for fill in csv_fills(sys.argv[2], tws, since="today"):
        pass
"""


def order(number: str) -> Order:
    """One in three rests far from the market, the others fill."""
    return MarketOrder("BUY", 1) if int(number) % 3 else LimitOrder("BUY", 1, 10.0)


def place(bridge: BridgeProcess, keys: list[str], kill_after_s: float | None) -> None:
    """Place until all keys are accepted or the bridge is dead; a key whose answer did not come stays in the list."""
    with Client(bridge.connection_file, timeout=2.0) as tws:
        eventually(lambda: tws.status().state == "READY")
        timer = Timer(kill_after_s or 0, bridge.process.kill)
        if kill_after_s is not None:
            timer.start()
        try:
            while keys:
                symbol, _, number = keys[0].partition(".")
                tws.place(symbol, order(number), keys[0])
                keys.pop(0)
        except BridgeError:
            assert kill_after_s is not None
        finally:
            timer.join() if kill_after_s is not None else timer.cancel()


def written(path: Path) -> list[str]:
    """The exec_ids in the logger's file."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [row["exec_id"] for row in csv.DictReader(file)]


def accepted(simulator: SimulatedTws) -> list[tuple[str, str]]:
    """Reference and type of every order that TWS took."""
    orders = [record for record in simulator.ledger.of("order") if record["event"] == "accepted"]
    return [(record["order_ref"], record["terms"]["order_type"]) for record in orders]


def settled(bridge: BridgeProcess) -> dict[str | None, str]:
    """The status of every key once the bridge is in doubt of none."""
    with Client(bridge.connection_file) as tws:
        eventually(lambda: tws.status().unknown_orders == 0, "no order is in doubt", 40.0)
        return {each.client_order_id: each.status for each in tws.orders(live=False)}


def fill_all(simulator: SimulatedTws, fills: Path, count: int) -> None:
    """Wait until TWS has filled so many orders and the logger has written every fill."""
    eventually(lambda: len(simulator.ledger.of("execution")) == count, "TWS fills")
    executed = {record["exec_id"] for record in simulator.ledger.of("execution")}
    eventually(lambda: set(written(fills)) == executed, "the logger has every fill")


def test_no_order_is_doubled_and_no_fill_is_lost(simulator: SimulatedTws, tmp_path: Path) -> None:
    chance = Random(7)
    ports, home, fills = kept_ports(), tmp_path / "home", tmp_path / "fills.csv"
    keys = [f"{SYMBOLS[number % len(SYMBOLS)]}.{number}" for number in range(ORDERS)]
    left = list(keys)
    with ExitStack() as stack:
        for kills in range(KILLS + 1):
            is_last = kills == KILLS
            with BridgeProcess(home, f"127.0.0.1:{simulator.port}", *ports) as bridge:
                if kills == 0:
                    command = [sys.executable, "-c", LOGGER, str(bridge.connection_file), str(fills)]
                    logger = stack.enter_context(subprocess.Popen(command))
                    stack.callback(logger.kill)
                    eventually(fills.exists, "the logger has begun")
                place(bridge, left, None if is_last else chance.uniform(0.02, 0.3))
                if not is_last:
                    bridge.wait()
                    continue
                assert not left
                states = settled(bridge)
                there = accepted(simulator)
                fill_all(simulator, fills, sum(order_type == "MKT" for _, order_type in there))
    executed = [record["exec_id"] for record in simulator.ledger.of("execution")]
    assert Counter(written(fills)) == Counter(executed)
    assert len({reference for reference, _ in there}) == len(there)
    assert set(states) == set(keys)
    assert sum(status != "NOT_FOUND" for status in states.values()) == len(there)
