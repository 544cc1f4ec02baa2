"""Whole processes on a disk that stops taking writes while orders flow, and takes them again later."""

from __future__ import annotations

import resource
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import twssim
from tests.bridge_process import BridgeProcess
from tests.campaign import oracles
from tests.waiting import eventually
from twsbridge import BridgeError, Client, LimitOrder, MarketOrder
from twssim.runner import SimulatedTws

SYMBOLS = ("NVDA", "AAPL", "MSFT", "IBM")
RECOVERY = 40.0
NO_LIMIT = resource.RLIM_INFINITY


def run(seed: int, faults: int = 3) -> Counter[str]:
    """Place orders on and on; counts of `orders`, `refused`, `cancels`, `fills`. AssertionError: something is lost."""
    dice, counts = Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as directory, twssim.run(port=0) as simulator:
        with BridgeProcess(Path(directory) / "home", f"127.0.0.1:{simulator.port}") as bridge:
            with Client(bridge.connection_file, timeout=8.0) as tws:
                keys: list[str] = []
                for number in range(faults):
                    _ready(tws)
                    keys.append(f"rest.{number}")
                    tws.place(SYMBOLS[number % 4], LimitOrder("BUY", 1, 10.0), keys[-1]).wait("Submitted", RECOVERY)
                    _break(bridge, dice.randrange(40_000))
                    keys += _place_until_refused(tws, number, dice, counts)
                    _cancel_meanwhile(tws, f"rest.{number}", simulator, counts)
                    _mend(bridge)
                _judge(simulator, tws, keys, counts)
    return counts


def _ready(tws: Client) -> None:
    eventually(lambda: tws.status().state == "READY", "the bridge is ready", RECOVERY)


def _break(bridge: BridgeProcess, room: int) -> None:
    """No file of the bridge may grow beyond what its journal has plus `room`."""
    written = (bridge.home / "journal.db-wal").stat().st_size + room
    resource.prlimit(bridge.process.pid, resource.RLIMIT_FSIZE, (written, NO_LIMIT))


def _mend(bridge: BridgeProcess) -> None:
    resource.prlimit(bridge.process.pid, resource.RLIMIT_FSIZE, (NO_LIMIT, NO_LIMIT))


def _place_until_refused(tws: Client, number: int, dice: Random, counts: Counter[str]) -> list[str]:
    """The keys that were accepted. The refusal says that nothing was done."""
    accepted: list[str] = []
    while True:
        key = f"{number}.{len(accepted)}"
        try:
            tws.place(dice.choice(SYMBOLS), MarketOrder("BUY", 1), key)
        except BridgeError as error:
            assert (error.code, error.outcome) == ("br.journal", "rejected"), error
            counts["refused"] += 1
            return accepted
        accepted.append(key)


def _cancel_meanwhile(tws: Client, key: str, simulator: SimulatedTws, counts: Counter[str]) -> None:
    """DEGRADED: cancels pass as soon as there is a session with TWS again."""
    eventually(lambda: tws.status().state == "DEGRADED" and "TWS: READY" in tws.status().reason, "DEGRADED", RECOVERY)
    order_id = tws.find(key).order_id
    assert order_id is not None
    tws.cancel(order_id)
    eventually(
        lambda: [row for row in simulator.ledger.of("status") if row.get("status") == "Cancelled"
                 and row.get("order_id") == order_id], "TWS cancels", RECOVERY)  # fmt: skip
    counts["cancels"] += 1


def _judge(simulator: SimulatedTws, tws: Client, keys: list[str], counts: Counter[str]) -> None:
    _ready(tws)
    eventually(lambda: tws.status().unknown_orders == 0, "no order is in doubt", RECOVERY)
    ledger = simulator.ledger.records
    eventually(lambda: oracles.fills_agree(ledger, tws), "the fills agree", RECOVERY)
    counts["orders"] = oracles.no_order_twice(ledger, marked=False)
    states = {each.client_order_id: each.status for each in tws.orders(live=False)}
    assert set(keys) <= set(states), f"forgotten: {set(keys) - set(states)}"
    assert sum(status != "NOT_FOUND" for status in states.values()) == counts["orders"]
    counts["fills"] = len(simulator.ledger.of("execution"))
