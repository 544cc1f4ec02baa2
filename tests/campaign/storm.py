"""Everything that TWS can do wrong, one on top of the other, in order flow; and kills in between."""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from tests.campaign.flow import Flow
from tests.campaign.stage import Stage
from twsbridge import Client
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring

FAULTS: tuple[dict[str, Any], ...] = (
    {"do": "cut", "direction": "both"},
    {"do": "cut", "direction": "in"},
    {"do": "cut", "direction": "out", "after": 700},
    *({"do": "cut", "direction": "in", "after": after} for after in range(1, 400, 57)),
    {"do": "reset", "direction": "both"},
    {"do": "stall", "direction": "out"},
    {"do": "stall", "direction": "in"},
    {"do": "wedge"},
    {"do": "refuse"},
    {"do": "restart"},
    {"do": "rechunk", "size": 3},
    {"do": "link", "backlog": "keep"},
    {"do": "link", "backlog": "lose"},
    {"do": "link", "backlog": "lose", "subscriptions": "lose"},
    {"do": "farm"},
    {"do": "order_status", "copies": 0},
    {"do": "order_status", "copies": 3},
    {"do": "mute_orders"},
    {"do": "open_order", "copies": 0},
    {"do": "open_order", "copies": 3},
    {"do": "disorder", "late": 0.5},
    {"do": "perm_id_later"},
    {"do": "pacing", "per_second": 20},
    {"do": "read_only"},
    {"do": "competing_session"},
    {"do": "fill_before_acknowledgement"},
    {"do": "commission", "mode": "missing"},
    {"do": "commission", "mode": "duplicate"},
    {"do": "commission", "mode": "late", "delay": 1.0},
    {"do": "executions", "mode": "empty"},
    {"do": "executions", "mode": "endless"},
    {"do": "executions", "mode": "silent"},
    {"do": "lose_orders"},
    {"do": "hold_orders"},
    {"do": "cancelled_for_modify", "error_first": True},
    {"do": "cancelled_for_modify", "error_first": False},
    {"do": "linger", "hold": 1.5},
)
"""What lasts a while."""

BLOWS: tuple[dict[str, Any], ...] = (
    {"do": "reset_order_ids", "next_valid_id": 1},
    {"do": "manual_order", "symbol": "TSLA", "quantity": "7"},
    {"do": "correction", "price": "123.45"},
    {"do": "correction", "shares": "1", "number": 0},
    {"do": "correction", "price": "124.5", "shares": "2", "number": -3},
    {"do": "bust", "number": -2},
    {"do": "socket_port"},
    {"do": "reset_order_ids", "next_valid_id": 5_000},
    {"do": "burst", "size": 4096},
    {"do": "burst", "size": 8192},
    {"do": "malformed", "kind": "unknown"},
    {"do": "malformed", "kind": "truncated"},
    {"do": "malformed", "kind": "garbage"},
)
"""What happens at once."""


VERSIONS = ("176", "200", "203", "213", "225")
MANNERS: dict[str, tuple[str, ...]] = {
    "ack_delay": ("0.0,0.0", "0.02,0.05", "0.5,1.5"),
    "fill_delay": ("0.0,0.0", "0.05,0.3", "1.0,3.0"),
    "fill_slices": ("1", "4", "10"),
    "cancel_delay": ("0.0", "0.05", "1.0"),
    "commission_delay": ("0.0", "0.05", "2.0"),
    "answer_delay": ("0.0", "0.03", "1.0"),
    "doubled_order_status": ("true", "false"),
    "execution_end_when_empty": ("true", "false"),
}
"""What TWS is like: fast, as usual, or slow; and what differs from one to the next."""


def manners(seed: int) -> tuple[str, ...]:
    """Flags of a simulated TWS, another one for each seed."""
    dice = Random(f"manners {seed}")
    chosen = [f"{name}={dice.choice(values)}" for name, values in MANNERS.items()]
    return ("--server-version", dice.choice(VERSIONS), *(flag for each in chosen for flag in ("--set", each)))


def run(seed: int, faults: int, kill: float = 0.15) -> Counter[str]:
    """So many faults; counts of `faults`, `orders`, `fills`, `events`. AssertionError: something is lost or doubled."""
    dice = Random(seed)
    with (
        tempfile.TemporaryDirectory() as directory,
        Stage(Path(directory), manners(seed)) as stage,
        Flow(stage, seed) as flow,
    ):
        for _ in range(faults):
            threading.Event().wait(dice.uniform(0.0, 1.0))
            if dice.random() < kill:
                stage.kill_bridge()
                stage.start_bridge()
                stage.bridge.wait_ready()
                continue
            command = dice.choice(dice.choice((FAULTS, BLOWS)))
            lasting = {"seconds": dice.uniform(0.3, 3.0)} if command in FAULTS else {}
            stage.fault(**command, **lasting)
        stage.fault(clear="all")
        _resume(stage)
        return flow.judge() + Counter(faults=faults)


def _resume(stage: Stage) -> None:
    """Messages that cannot be read may have halted everything."""
    with Client(keyring.add(Home(stage.home), "admin", "admin")) as admin:
        admin.resume("the storm is over")
