"""Any number of subscribers cost one line at TWS, and the line goes when the last of them is gone, however it went."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import ExitStack

from tests.bridge_process import BridgeProcess
from tests.waiting import eventually
from twssim.runner import SimulatedTws

TEN = 10
SUBSCRIBER = """
import sys
from twsbridge import Client

with Client(sys.argv[1]) as tws, tws.ticks("NVDA") as ticks:
    for quote in ticks:
        if quote.last is not None:
            print(quote.last, flush=True)
            sys.stdin.read()
"""


def subscriber(bridge: BridgeProcess) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SUBSCRIBER, str(bridge.connection_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def lines(simulator: SimulatedTws) -> list[str]:
    """What TWS saw: opened, closed."""
    return [record["state"] for record in simulator.ledger.of("line")]


def test_ten_processes_share_one_line_until_the_last_of_them_is_killed(
    simulator: SimulatedTws, bridge: BridgeProcess
) -> None:
    with ExitStack() as stack:
        ten = [stack.enter_context(subscriber(bridge)) for _ in range(TEN)]
        for process in ten:
            assert process.stdout is not None and float(process.stdout.readline()) > 0
        assert lines(simulator) == ["opened"]
        for process in ten[1:]:
            process.send_signal(signal.SIGKILL)
            process.wait()
        newcomer = stack.enter_context(subscriber(bridge))
        assert newcomer.stdout is not None and float(newcomer.stdout.readline()) > 0
        assert lines(simulator) == ["opened"]
        for process in (ten[0], newcomer):
            process.send_signal(signal.SIGKILL)
            process.wait()
        eventually(lambda: lines(simulator) == ["opened", "closed"], "the line is closed")


def test_a_line_is_opened_again_after_tws_was_away(simulator: SimulatedTws, bridge: BridgeProcess) -> None:
    with subscriber(bridge) as process:
        assert process.stdout is not None and float(process.stdout.readline()) > 0
        simulator.drop_connections()
        eventually(lambda: lines(simulator).count("opened") == 2, "the line is opened again")
        process.kill()
        eventually(lambda: lines(simulator)[-1] == "closed", "the line is closed")
