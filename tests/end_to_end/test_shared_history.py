"""Twenty processes ask for the same bars at once: TWS is asked as often as for one, and all get the same.

`TWSBRIDGE_HISTORY_DAYS=365 ./run test tests/end_to_end/test_shared_history.py` asks for a whole year of minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import twssim
from tests.bridge_process import BridgeProcess
from tests.waiting import eventually
from twsbridge import Client
from twssim.runner import SimulatedTws

PROCESSES = 20
DAYS = int(os.environ.get("TWSBRIDGE_HISTORY_DAYS", "40"))
HOLIDAYS = 3 + DAYS // 30
ASKER = """
import hashlib, sys
from datetime import datetime
from twsbridge import Client

with Client(sys.argv[1], timeout=50) as tws:
    print("here", flush=True)
    sys.stdin.readline()
    start, end = map(datetime.fromisoformat, sys.argv[2:4])
    bars = tws.bars("AAPL", None, "1 min", start=start, end=end)
    columns = bars.columns.i64 | bars.columns.f64
    print(len(bars), hashlib.sha256(b"".join(columns[name] for name in sorted(columns))).hexdigest(), flush=True)
"""


def asker(bridge: BridgeProcess, start: datetime, end: datetime) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", ASKER, str(bridge.connection_file), start.isoformat(), end.isoformat()]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def requests(simulator: SimulatedTws) -> int:
    """How often TWS was asked for bars."""
    return sum(record["name"] == "RequestHistoricalBars" for record in simulator.ledger.of("request"))


@pytest.mark.timeout(60 + DAYS)
def test_equal_requests_of_twenty_processes_are_one(tmp_path: Path) -> None:
    end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)
    start = end - timedelta(days=DAYS)
    with (
        twssim.run(port=0, calendar="regular") as simulator,
        BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{simulator.port}") as bridge,
    ):
        with Client(bridge.connection_file) as client:
            eventually(lambda: client.status().state == "READY", "the state READY")
        askers = [asker(bridge, start, end) for _ in range(PROCESSES)]
        try:
            for each in askers:
                assert each.stdout is not None and each.stdout.readline() == "here\n"
            for each in askers:
                assert each.stdin is not None
                each.stdin.write("go\n")
                each.stdin.flush()
            answers = {each.communicate()[0] for each in askers}
        finally:
            for each in askers:
                each.kill()
                each.wait()
        assert len(answers) == 1
        count = int(answers.pop().split()[0])
        assert count >= (DAYS // 7 * 5 - HOLIDAYS) * 390
        assert requests(simulator) <= -(-count // (7 * 390)) + 1, "TWS serves seven sessions of minutes at once"
        assert simulator.ledger.of("pacing") == []
        with Client(bridge.connection_file) as client:
            asked = requests(simulator)
            assert len(client.bars("AAPL", None, "1 min", start=start, end=end)) == count
            assert requests(simulator) == asked
