"""A TWS that ticks but reads nothing, and one that never says that it has IB again: the session is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bridge_process import BridgeProcess
from tests.end_to_end.test_gaps import fresh, until, watch
from tests.waiting import eventually
from twsbridge import Client, LimitOrder
from twsbridge.errors import BridgeError
from twssim.runner import SimulatedTws

IMPATIENT = """
import sys
from dataclasses import replace
from twsbridge_server import app
from twsbridge_server.core import link_patience

link_patience.FIRST_US = 1_000_000
patient = app._core_settings
quick = {"keepalive_us": 500_000, "silence_us": 2_000_000, "proof_us": 500_000, "unanswered_us": 2_000_000}
app._core_settings = lambda *given: replace(patient(*given), **quick)
from twsbridge_command import main
sys.exit(main())
"""
"""The bridge as it is, but for how long TWS may owe an answer, or its word that IB is back."""


def test_a_tws_that_ticks_but_reads_nothing_is_left_and_its_order_is_unknown(
    simulator: SimulatedTws, tmp_path: Path
) -> None:
    address = f"127.0.0.1:{simulator.port}"
    with (
        BridgeProcess(tmp_path / "bridge", address, program=("-c", IMPATIENT)) as bridge,
        Client(bridge.connection_file) as tws,
        watch(tws, "NVDA") as ticks,
    ):
        fresh(ticks)
        simulator.faults.apply("stall", direction="in")
        trade = tws.place("IBM", LimitOrder("BUY", 7, 1.0), wait="durable")
        cut = until(ticks, lambda quote: quote.gap is not None)
        assert cut.gap is not None and "has answered no question" in cut.gap.reason
        eventually(lambda: tws.find(trade.client_order_id).status == "UNKNOWN")
        eventually(lambda: tws.status().state == "READY")
        until(ticks, lambda quote: quote.resumed is not None)
        assert tws.find(trade.client_order_id).status in ("UNKNOWN", "NOT_FOUND")
        assert not [order for order in simulator.ledger.of("order") if order["event"] == "accepted"]


def test_a_link_of_which_nothing_more_is_said_is_looked_at_in_a_new_session(
    simulator: SimulatedTws, tmp_path: Path
) -> None:
    address = f"127.0.0.1:{simulator.port}"
    with (
        BridgeProcess(tmp_path / "bridge", address, program=("-c", IMPATIENT)) as bridge,
        Client(bridge.connection_file) as tws,
    ):
        tws.wait_ready()
        simulator.faults.apply("link")
        bridge.wait_logged("a new session will tell")
        eventually(lambda: tws.status().state == "LINK_DOWN")
        with pytest.raises(BridgeError) as refused:
            tws.place("IBM", LimitOrder("BUY", 7, 1.0))
        assert refused.value.code in ("tws.link_down", "tws.disconnected") and refused.value.outcome == "rejected"
        simulator.faults.clear("link")
        eventually(lambda: tws.status().state == "READY")
        assert tws.place("IBM", LimitOrder("BUY", 7, 1.0), wait="acknowledged").status in ("PreSubmitted", "Submitted")
        assert len([order for order in simulator.ledger.of("order") if order["event"] == "accepted"]) == 1
