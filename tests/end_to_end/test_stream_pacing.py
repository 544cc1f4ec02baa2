"""Streams and history of one login, asked for all at once: TWS finds no limit broken, and what has to wait says so."""

from __future__ import annotations

from contextlib import ExitStack

from tests.bridge_process import BridgeProcess
from tests.waiting import eventually
from twsbridge import Client
from twssim.runner import SimulatedTws

REAL_TIME_BARS, MOST = 62, 60
KINDS = ("TRADES", "MIDPOINT", "BID", "ASK")
SMALL_BARS = ("5_secs:1800_S", "5_secs:3600_S", "10_secs:1800_S", "10_secs:3600_S", "15_secs:1800_S", "30_secs:1800_S")
"""More of one contract than TWS takes in two seconds."""


def test_mixed_streams_and_history_break_no_limit_of_tws(simulator: SimulatedTws, bridge: BridgeProcess) -> None:
    stocks = simulator.call(lambda gateway: [each for each in gateway.universe if each.sec_type == "STK"])
    where = [f"{each.con_id}@SMART" for each in stocks]
    bars5 = [f"bars5|{of}:{what}{rth}|" for what in KINDS for rth in ("", ":rth") for of in where][:REAL_TIME_BARS]
    live = [f"live|{where[0]}:{terms}:TRADES|" for terms in SMALL_BARS]
    ticks = [f"tbt|{of}:{what}|" for of in where[:2] for what in ("Last", "BidAsk")]
    with ExitStack() as stack, Client(bridge.connection_file) as client:
        eventually(lambda: client.status().state == "READY", "the state READY")
        for topic in (*bars5, *live, *ticks):
            stack.enter_context(client.rows(topic))
        assert len(client.bars(stocks[0].symbol, "900 S", "5 secs", what_to_show="BID_ASK")) > 0
        eventually(lambda: {e.state for e in client.status().lines if e.topic in live} == {"live"}, "bars of all sizes")
        held = {each.topic: each.held for each in client.status().lines if each.held}
        assert set(held) == {*bars5[MOST:], ticks[1], ticks[3]}
        assert all(each is not None and each.reason.startswith("TWS takes") for each in held.values())
    names = [record["name"] for record in simulator.ledger.of("request")]
    assert names.count("RequestRealTimeBars") == MOST and names.count("RequestTickByTick") == 2
    assert simulator.ledger.of("pacing") == [] and simulator.departures == []
