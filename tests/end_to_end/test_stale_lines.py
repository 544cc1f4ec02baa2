"""A stream that dies without a word is noticed while its market is open, and asked for anew; a closed market is not."""

from __future__ import annotations

from pathlib import Path

import twssim
from tests.bridge_process import BridgeProcess
from tests.end_to_end.test_gaps import fresh, until, watch
from tests.waiting import eventually
from twsbridge import Client
from twssim.runner import SimulatedTws

LONG_AGO = 1_600_000_000.0
"""A TWS whose clock stands there tells no hours of today."""


def test_a_stream_that_dies_is_stale_and_comes_back_with_a_new_request(simulator: SimulatedTws, tmp_path: Path) -> None:
    address = f"127.0.0.1:{simulator.port}"
    with (
        BridgeProcess(tmp_path / "bridge", address, "--stale-seconds", "1") as bridge,
        Client(bridge.connection_file) as tws,
        watch(tws, "NVDA", "AAPL") as ticks,
    ):
        fresh(ticks)
        simulator.faults.apply("silent_line", symbol="NVDA")
        stale = until(ticks, lambda quote: quote.gap is not None)
        assert (stale.symbol, stale.state) == ("NVDA", "stale")
        assert stale.gap is not None and "longer than usual" in stale.gap.reason
        row = next(line for line in tws.status().lines if line.contract.symbol == "NVDA")
        assert row.market == "open" and row.gap is not None and "NVDA" in str(tws.status())
        over = until(ticks, lambda quote: quote.resumed is not None)
        assert over.symbol == "NVDA" and over.resumed is not None and over.resumed.data_lost
        opened = [record for record in simulator.ledger.of("line") if record["state"] == "opened"]
        assert len(opened) == 3, "two lines, and one of them once more"
        simulator.faults.apply("restart", seconds=0.5)
        until(ticks, lambda quote: quote.symbol == "NVDA" and quote.resumed is not None)
        simulator.faults.apply("silent_line", symbol="NVDA")
        until(ticks, lambda quote: quote.gap is not None and "longer than usual" in quote.gap.reason)


def test_a_farm_that_breaks_explains_the_silence(simulator: SimulatedTws, bridge: BridgeProcess) -> None:
    with Client(bridge.connection_file) as tws, watch(tws, "NVDA") as ticks:
        fresh(ticks)
        simulator.faults.apply("farm")
        stale = until(ticks, lambda quote: quote.gap is not None)
        assert stale.gap is not None and "usfarm" in stale.gap.reason
        simulator.faults.clear("farm")
        over = until(ticks, lambda quote: quote.resumed is not None)
        assert over.resumed is not None and over.resumed.data_lost


def test_where_tws_tells_no_hours_of_today_nothing_is_called_stale(tmp_path: Path) -> None:
    with (
        twssim.run(port=0, start=LONG_AGO) as simulator,
        BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{simulator.port}", "--stale-seconds", "0.5") as bridge,
        Client(bridge.connection_file) as tws,
    ):
        with watch(tws, "NVDA") as ticks:
            fresh(ticks)
            simulator.faults.apply("silent_line")
            eventually(lambda: tws.status().lines[0].market == "unknown")
            assert ticks.next(1.5) is None and tws.status().lines[0].state == "live"
