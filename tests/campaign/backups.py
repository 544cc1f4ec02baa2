"""An older copy of the journal is put back, again and again, and every order that was ever asked for is repeated."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from tests.bridge_process import SERVE
from tests.campaign import oracles
from tests.campaign.stage import RECOVERY, Stage
from tests.waiting import eventually
from twsbridge import BridgeError, Client, LimitOrder, MarketOrder, Order
from twsbridge_server import audit_tools, journal_tools

SYMBOLS = ("NVDA", "AAPL", "MSFT", "IBM", "AMZN", "QQQ")
FAR = 10.0
MOST_ORDERS = 6
"""Before a copy is made, and after."""

KNOWN = "idem.known_to_tws"


def run(seed: int, copies: int, program: tuple[str, ...] = SERVE) -> Counter[str]:
    """So many copies; counts `faults`, `orders`, `fills`. AssertionError: an order is doubled, or a fill is lost."""
    dice, asked = Random(seed), dict[str, tuple[str, Order]]()
    with tempfile.TemporaryDirectory() as directory, Stage(Path(directory), program=program) as stage:
        journal, copy = stage.home / "journal.db", Path(directory) / "copy.db"
        for number in range(copies):
            _trade(stage, f"{number}.before", dice, asked)
            journal_tools.back_up(journal, copy)
            _trade(stage, f"{number}.after", dice, asked)
            stage.kill_bridge()
            _put_back(copy, journal)
            stage.start_bridge()
            stage.bridge.wait_ready()
            _repeat(stage, asked)
        return _judge(stage, journal) + Counter(faults=copies)


def _trade(stage: Stage, name: str, dice: Random, asked: dict[str, tuple[str, Order]]) -> None:
    with Client(stage.bridge.connection_file) as tws:
        stage.settle(tws)
        for number in range(dice.randint(1, MOST_ORDERS)):
            order = LimitOrder("BUY", 1, FAR) if dice.random() < 0.4 else MarketOrder("BUY", 1)
            key = f"{name}.{number}"
            asked[key] = (dice.choice(SYMBOLS), order)
            placed = tws.place(*asked[key], key, wait=dice.choice(("durable", "acknowledged")))
            if dice.random() < 0.2:
                tws.cancel(placed.order_id)


def _put_back(copy: Path, journal: Path) -> None:
    """As somebody does it who knows that a copy of a journal has no log beside it; the mark stays."""
    for rest in journal.parent.glob("journal.db*"):
        rest.unlink()
    journal.write_bytes(copy.read_bytes())


def _repeat(stage: Stage, asked: dict[str, tuple[str, Order]]) -> None:
    """Each key is answered with its order, or with TWS's word that it has one."""
    with Client(stage.bridge.connection_file) as tws:
        stage.settle(tws)
        for key, (symbol, order) in asked.items():
            try:
                tws.place(symbol, order, key)
            except BridgeError as error:
                assert error.code in (KNOWN, "tws.rejected"), f"{key}: {error}"


def _judge(stage: Stage, journal: Path) -> Counter[str]:
    with Client(stage.bridge.connection_file) as tws:
        stage.settle(tws)
        eventually(lambda: oracles.fills_agree(stage.ledger(), tws), "O3: the fills agree", RECOVERY)
        eventually(lambda: oracles.positions_agree(stage.ledger(), tws), "O5: positions agree", RECOVERY)
    assert stage.bridge.stop() == 0
    verdict = audit_tools.verify(journal)
    assert not verdict.broken, verdict
    ledger = stage.ledger()
    fills = sum(row["record"] == "execution" for row in ledger)
    return Counter(orders=oracles.no_order_twice(ledger, marked=False), fills=fills)
