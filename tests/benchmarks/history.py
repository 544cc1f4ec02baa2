"""How long orders wait while the bridge tells somebody else a year of minute bars, out of its cache, again and again.

`./run bench --history` prints the figures, and their ratio to those of a bridge that tells nobody anything.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import twssim
from tests.bridge_process import BridgeProcess
from twsbridge import Client
from twsbridge_server.bar_store import BarStore
from twsbridge_server.core.history.blocks import COLUMNS, INTEGERS, Block, SeriesKey

READER = """
import sys
from datetime import datetime
from twsbridge import Client

with Client(sys.argv[1], timeout=60) as tws:
    start, end = map(datetime.fromisoformat, sys.argv[2:4])
    while True:
        print(len(tws.bars("AAPL", None, "1 min", start=start, end=end)), flush=True)
"""
DAY_US, MINUTE_US = 86_400_000_000, 60_000_000
SESSION = 390
UNLIMITED = ("--commands-per-second", "100000")


def fill(path: Path, con_id: int, days: int) -> tuple[int, int]:
    """Put bars of so many days into a cache; the range that they cover, in microseconds."""
    end = time.time_ns() // 1000 // DAY_US * DAY_US - 7 * DAY_US
    store = BarStore(path)
    for day in range(days):
        start = end - (days - day) * DAY_US
        times = array("q", range(start, start + SESSION * MINUTE_US, MINUTE_US))
        columns = {name: array("q" if name in INTEGERS else "d", [7] * SESSION) for name in COLUMNS}
        key = SeriesKey(con_id, "SMART", "1 min", "TRADES", True)
        store.keep(key, Block(start, start + DAY_US, columns | {"time_us": times}, 1, 200))
    store.close()
    return end - days * DAY_US, end


@contextmanager
def reader(connection: Path, span: tuple[int, int]) -> Iterator[subprocess.Popen[str]]:
    """A process that asks for all of it without a pause; it has the first answer."""
    ends = [time.strftime("%Y-%m-%dT00:00:00+00:00", time.gmtime(us / 1e6)) for us in span]
    command = [sys.executable, "-c", READER, str(connection), *ends]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None and int(process.stdout.readline())
            yield process
        finally:
            process.kill()


def latencies(tws: Client, orders: int) -> list[float]:
    """Seconds from the call to the accepted answer, of orders one after the other."""
    found = []
    for _ in range(orders):
        began = time.perf_counter()
        trade = tws.buy("AAPL", 1, limit=1.0)
        found.append(time.perf_counter() - began)
        trade.cancel()
    return found


def measure(days: int, orders: int) -> dict[str, float]:
    """Median and worst of ten, alone and beside the reader, in seconds."""
    with tempfile.TemporaryDirectory() as directory, twssim.run(port=0) as simulator:
        home = Path(directory) / "home"
        home.mkdir(mode=0o700)
        span = fill(home / "bars.db", 265598, days)
        with BridgeProcess(home, f"127.0.0.1:{simulator.port}", *UNLIMITED) as bridge:
            with Client(bridge.connection_file) as tws:
                tws.wait_ready(30)
                latencies(tws, 5)
                alone = latencies(tws, orders)
                with reader(bridge.connection_file, span):
                    beside = latencies(tws, orders)
    found = {}
    for name, seconds in (("alone", alone), ("beside", beside)):
        found[f"{name} p50"] = statistics.median(seconds)
        found[f"{name} p90"] = sorted(seconds)[len(seconds) * 9 // 10]
    return found


def main(days: int = 255, orders: int = 100) -> None:
    """Measure and print."""
    found = measure(days, orders)
    print(f"order accepted while {days * SESSION:,} bars are told again and again to somebody else:")
    for figure in ("p50", "p90"):
        alone, beside = found[f"alone {figure}"], found[f"beside {figure}"]
        print(
            f"  {figure}: {1e3 * beside:.2f} ms, {beside / alone:.1f} times the {1e3 * alone:.2f} ms of a quiet bridge"
        )
