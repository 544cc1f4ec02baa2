"""How long a bridge is away: from its start on a journal of many orders to READY, and a replay of many events.

`./run bench --recovery` prints one line for each figure.
"""

from __future__ import annotations

import tempfile
import time
from decimal import Decimal
from pathlib import Path

import twssim
from tests.benchmarks.flood import processor_seconds
from tests.bridge_process import BridgeProcess
from twsbridge import Client
from twsbridge.protocol.events import NoticeReceived, OrderChanged
from twsbridge.protocol.models import Order
from twsbridge_server.core.effects import EventRow, FloorRow, IntentRow, OrderRow
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.journal_file import Journal

ACCOUNT = "DU1234567"
WAIT_S = 120.0


def fill(path: Path, orders: int, events: int) -> None:
    """A journal with so many finished orders, and so many events of `sys|`."""
    now = time.time_ns() // 1000
    journal = Journal(path)
    terms = Order(action="BUY", quantity=Decimal(1), order_type="MKT", account=ACCOUNT)
    for number in range(1, orders + 1):
        key, reference = f"k{number}", f"B1{number:020}"
        state = OrderChanged(order_id=number, client_id=1, client_order_id=key, owner="default", order=terms,
                             status="Filled", filled=Decimal(1), updated_us=now)  # fmt: skip
        record = OrderRecord(f"b:{number}", state, reference, now, acknowledged=True)
        journal.append(IntentRow("default", key, bytes(32), number, reference, now))
        journal.append(OrderRow(record.row_key, record.body()))
        journal.append(EventRow(f"ord|{ACCOUNT}|", number, "order", now, 0, state.wire()))
    body = NoticeReceived(tws_code=2104, text="Market data farm connection is OK:usfarm", time_us=now).wire()
    for seq in range(1, events + 1):
        journal.append(EventRow("sys|", seq, "notice", now, 0, body))
    journal.append(FloorRow(orders + 1))
    journal.commit()
    journal.close()


def measure(orders: int, events: int) -> dict[str, float]:
    """Seconds to READY after the start of the process, and to have read all events again; and, as `..._work`, what of
    it the processor worked for the bridge and for this process."""
    with tempfile.TemporaryDirectory() as directory, twssim.run(port=0) as simulator:
        home = Path(directory) / "home"
        home.mkdir(mode=0o700)
        fill(home / "journal.db", orders, events)
        began = time.monotonic()
        with (
            BridgeProcess(home, f"127.0.0.1:{simulator.port}") as bridge,
            Client(bridge.connection_file, timeout=WAIT_S) as tws,
        ):
            tws.wait_ready(WAIT_S)
            ready, ready_work = time.monotonic() - began, processor_seconds(bridge.process.pid)
            began, worked = time.monotonic(), time.process_time()
            with tws.events("system", since=None, follow=False) as replayed:
                count = sum(1 for _ in replayed)
            assert count >= events, f"{count} of {events} events were replayed"
            replay_work = time.process_time() - worked + processor_seconds(bridge.process.pid) - ready_work
            replay = time.monotonic() - began
            return {"ready": ready, "ready_work": ready_work, "replay": replay, "replay_work": replay_work}


def main(orders: int = 10_000, events: int = 1_000) -> None:
    """Measure and print."""
    found = measure(orders, events)
    print(f"from start to READY with {orders:,} orders and {events:,} events journaled: {found['ready']:.2f} s")
    print(f"replay of {events:,} events to a Python client: {found['replay']:.3f} s")
