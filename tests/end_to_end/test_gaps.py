"""Whoever is cut off, each stream says since when something may be missing from it, and when that is over."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bridge_process import BridgeProcess, kept_ports
from tests.waiting import PATIENCE, eventually
from twsbridge import Client, Quote, TickStream
from twssim.runner import SimulatedTws


def watch(tws: Client, *symbols: str) -> TickStream:
    """Their ticks, once the bridge is ready."""
    eventually(lambda: tws.status().state == "READY")
    return tws.ticks(*symbols)


def until(stream: TickStream, is_there: Callable[[Quote], bool]) -> Quote:
    """The first quote of which this is true."""
    while (quote := stream.next(PATIENCE)) is not None:
        if is_there(quote):
            return quote
    raise AssertionError(f"no such quote; the last one was {stream.quotes[0]}")


def fresh(stream: TickStream) -> Quote:
    return until(stream, lambda quote: quote.state == "live" and quote.is_complete)


def test_a_lost_session_is_a_gap_in_each_line_and_no_old_value_outlives_it(
    simulator: SimulatedTws, bridge: BridgeProcess
) -> None:
    with Client(bridge.connection_file) as tws, watch(tws, "NVDA") as ticks:
        before = fresh(ticks)
        with tws.tick_by_tick("NVDA", "BidAsk") as trades:
            assert trades.next(PATIENCE) is not None
            simulator.faults.apply("restart", seconds=0.2)
            cut = until(ticks, lambda quote: quote.gap is not None)
            assert cut.state == "stale" and cut.gap is not None and cut.gap.since_us >= before.time_us
            over = until(ticks, lambda quote: quote.resumed is not None)
            assert over.state == "live" and over.gap is None
            assert over.resumed is not None and over.resumed.data_lost
            eventually(lambda: trades.next(0.1) is not None and trades.resumed is not None)
            assert fresh(ticks).bid is not None


@pytest.mark.parametrize(("subscriptions", "data_lost"), [("keep", False), ("lose", True)])
def test_a_link_to_ib_that_breaks_is_a_gap_until_the_next_tick(
    simulator: SimulatedTws, bridge: BridgeProcess, subscriptions: str, data_lost: bool
) -> None:
    with Client(bridge.connection_file) as tws, watch(tws, "NVDA") as ticks:
        fresh(ticks)
        simulator.faults.apply("link", subscriptions=subscriptions)
        cut = until(ticks, lambda quote: quote.gap is not None)
        assert cut.gap is not None and "lost" in cut.gap.reason
        simulator.faults.clear("link")
        over = until(ticks, lambda quote: quote.resumed is not None)
        assert over.resumed is not None and over.resumed.data_lost == data_lost


def test_a_bridge_that_dies_is_a_gap_for_its_clients_until_the_next_one_tells_anew(
    simulator: SimulatedTws, tmp_path: Path
) -> None:
    address = f"127.0.0.1:{simulator.port}"
    ports = kept_ports()
    with BridgeProcess(tmp_path / "bridge", address, *ports) as bridge, Client(bridge.connection_file) as tws:
        with watch(tws, "NVDA") as ticks, tws.tick_by_tick("NVDA", "BidAsk") as trades:
            before = fresh(ticks)
            assert trades.next(PATIENCE) is not None
            bridge.kill()
            cut = until(ticks, lambda quote: quote.gap is not None)
            assert cut.state == "stale" and cut.gap is not None and cut.gap.since_us >= before.time_us
            with BridgeProcess(tmp_path / "bridge", address, *ports):
                back = until(ticks, lambda quote: quote.state == "live")
                assert back.resumed is not None and back.resumed.data_lost and back.gap is None
                eventually(lambda: trades.next(0.1) is not None and trades.resumed is not None)
                assert fresh(ticks).time_us > cut.time_us


def test_from_a_kill_to_the_next_start_is_a_gap(simulator: SimulatedTws, tmp_path: Path) -> None:
    address = f"127.0.0.1:{simulator.port}"
    with BridgeProcess(tmp_path / "bridge", address) as bridge:
        with Client(bridge.connection_file) as tws:
            eventually(lambda: tws.status().state == "READY")
        bridge.kill()
    with BridgeProcess(tmp_path / "bridge", address) as bridge, Client(bridge.connection_file) as tws:
        eventually(lambda: tws.status().state == "READY")
        with sqlite3.connect(bridge.home / "journal.db") as journal:
            rows = journal.execute("SELECT type FROM events WHERE stream = 'sys|' ORDER BY seq DESC").fetchall()
        newest = [name for (name,) in rows]
        assert newest.index("resumed") < newest.index("gap")
