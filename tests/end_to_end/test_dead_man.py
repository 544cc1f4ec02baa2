"""Programs with a dead-man switch are killed; the simulator's ledger tells what became of their orders."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bridge_process import BridgeProcess, kept_ports
from tests.waiting import eventually
from twsbridge import Client
from twsbridge.protocol.events import OwnerChanged
from twssim.runner import SimulatedTws

PROGRAM = """
import sys
from twsbridge import Client, LimitOrder

client = Client(sys.argv[1], on_death=sys.argv[2], grace=1.0)
client.wait_ready()
for action, limit in [word.split(":") for word in sys.argv[3].split(",")]:
    client.place("AAPL", LimitOrder(action, 10, float(limit)), wait="acknowledged")
print("placed", flush=True)
end = sys.stdin.readline().strip()
if end == "close":
    client.close()
elif end == "raise":
    raise SystemExit("a defect")
"""

Program = subprocess.Popen[str]


@contextmanager
def program(connection: Path, on_death: str, orders: str = "BUY:1") -> Iterator[Program]:
    """A process that has placed these orders and lives until it is told otherwise."""
    command = [sys.executable, "-c", PROGRAM, str(connection), on_death, orders]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "placed\n"
            yield process
        finally:
            process.kill()


def statuses(simulator: SimulatedTws) -> list[str]:
    """How every order that TWS took stands, by its own record, in the order of their ids."""
    last: dict[int, str] = {}
    for record in simulator.ledger.of("status"):
        last[record["perm_id"]] = record["status"]
    return [last[perm_id] for perm_id in sorted(last)]


def cancelled(simulator: SimulatedTws) -> bool:
    return statuses(simulator) == ["Cancelled"]


def test_a_killed_owner_leaves_nothing_and_a_living_one_everything(
    bridge: BridgeProcess, simulator: SimulatedTws
) -> None:
    with (
        Client(bridge.connection_file) as watcher,
        program(bridge.connection_file, "cancel") as living,
        program(bridge.connection_file, "cancel") as victim,
    ):
        assert [row.on_death for row in watcher.orders()] == ["cancel", "cancel"]
        victim.send_signal(signal.SIGKILL)
        eventually(lambda: statuses(simulator)[1:] == ["Cancelled"], "the order of the dead one")
        assert living.poll() is None
        assert "Cancelled" not in statuses(simulator)[0]
        eventually(lambda: len(watcher.orders()) == 1, "the bridge knows it")
        (left,) = watcher.orders()
        events = [event.value for event in watcher.events("system", since="today", follow=False)]
    assert left.status not in ("Cancelled", "PendingCancel")
    assert [body.state for body in events if isinstance(body, OwnerChanged)] == ["gone", "done"]


@pytest.mark.parametrize("end", ["close", "raise", "quit"])
def test_only_a_goodbye_keeps_the_orders(bridge: BridgeProcess, simulator: SimulatedTws, end: str) -> None:
    with program(bridge.connection_file, "cancel") as process, Client(bridge.connection_file) as watcher:
        assert process.stdin is not None
        process.stdin.write(f"{end}\n")
        process.stdin.close()
        process.wait()
        if end == "close":
            assert watcher.status().owners == []
            (left,) = watcher.orders()
            assert (left.on_death, left.is_done) == ("keep", False)
            assert "Cancelled" not in statuses(simulator)
        else:
            eventually(lambda: cancelled(simulator), "the cancel")


def test_the_switch_survives_a_restart_of_the_bridge(simulator: SimulatedTws, tmp_path: Path) -> None:
    home, tws, ports = tmp_path / "home", f"127.0.0.1:{simulator.port}", kept_ports()
    with BridgeProcess(home, tws, *ports) as bridge, program(bridge.connection_file, "cancel") as victim:
        bridge.kill()
        victim.kill()
        victim.wait()
    assert not cancelled(simulator)
    with BridgeProcess(home, tws, *ports):
        eventually(lambda: cancelled(simulator), "the cancel after the restart")


def test_a_living_owner_outlives_a_restart_of_the_bridge(simulator: SimulatedTws, tmp_path: Path) -> None:
    home, tws, ports = tmp_path / "home", f"127.0.0.1:{simulator.port}", kept_ports()
    with BridgeProcess(home, tws, *ports) as first, program(first.connection_file, "cancel") as process:
        first.kill()
        with BridgeProcess(home, tws, *ports) as bridge, Client(bridge.connection_file) as watcher:
            eventually(lambda: watcher.status().state == "READY")
            eventually(lambda: [row.silent_ms < 900 for row in watcher.status().owners] == [True], "a life sign")
            assert not cancelled(simulator)
            process.kill()
            eventually(lambda: cancelled(simulator), "the cancel")


def test_an_outage_of_tws_only_delays_the_cancel(bridge: BridgeProcess, simulator: SimulatedTws) -> None:
    with program(bridge.connection_file, "cancel") as victim, Client(bridge.connection_file) as watcher:
        simulator.silence()
        simulator.drop_connections()
        victim.kill()
        eventually(lambda: [row.state for row in watcher.status().owners] == ["gone"], "the owner is gone")
        assert not cancelled(simulator)
        simulator.silence(False)
        eventually(lambda: cancelled(simulator), "the cancel after the outage", 40.0)
        eventually(lambda: watcher.orders() == [], "the bridge knows it")
        reason = watcher.orders(live=False)[0].reason
    assert reason is not None
    assert "it is cancelled, as its owner chose" in reason.text


def test_what_only_reduces_the_position_stays(bridge: BridgeProcess, simulator: SimulatedTws) -> None:
    with Client(bridge.connection_file) as watcher:
        watcher.wait_ready()
        watcher.buy("AAPL", 10, wait="filled")
        eventually(lambda: [row.position for row in watcher.positions()] == [10], "the position")
        with program(bridge.connection_file, "reduce_only", "BUY:1,SELL:9999,SELL:9998") as victim:
            victim.kill()
            eventually(lambda: len(watcher.orders()) == 1, "the others to be cancelled")
        (left,) = watcher.orders()
        assert (left.order.action, left.order.limit_price) == ("SELL", 9999.0)
        assert statuses(simulator).count("Cancelled") == 2
        watcher.sell("AAPL", 10, wait="filled")
        eventually(lambda: watcher.orders() == [], "what would open a position is cancelled, too")
