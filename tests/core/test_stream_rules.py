from __future__ import annotations

from typing import get_args

import pytest

from tests.protocol.test_streams import EVERY
from twsbridge.protocol.models import Contract
from twsbridge.protocol.streams import KINDS, parse_stream
from twsbridge_server.core import calls
from twsbridge_server.core import stream_calls as streams
from twsbridge_server.core.stream_rules import RULES, Wanted

OWN = {"books"}
"""Kinds that are the bridge's own: nothing is opened at TWS."""

AAPL = Contract(con_id=265598, exchange="SMART")


def opening(topic: str) -> calls.TwsCall:
    read = parse_stream(topic)
    assert read is not None
    return RULES[read.kind].open(9, Wanted(read.given, AAPL, read.given.get("ticks", "")))


def test_every_kind_has_a_rule() -> None:
    assert RULES.keys() == KINDS.keys() - OWN


@pytest.mark.parametrize("topic", [topic for topic in EVERY if topic.partition("|")[0] not in OWN])
def test_every_topic_can_be_opened_and_closed(topic: str) -> None:
    read = parse_stream(topic)
    assert read is not None
    cancel = RULES[read.kind].cancel(9, Wanted(read.given, AAPL))
    assert type(opening(topic)) in get_args(calls.TwsCall) and type(cancel) in get_args(calls.TwsCall)


@pytest.mark.parametrize(
    ("topic", "call"),
    [
        ("md|265598@SMART:233,236|", calls.ReqMarketData(9, AAPL, "233,236")),
        ("depth|265598@SMART:10:smart|", streams.ReqMarketDepth(9, AAPL, 10, True)),
        ("tbt|265598@SMART:Last|", streams.ReqTickByTick(9, AAPL, "Last")),
        ("bars5|265598@SMART:BID:rth|", streams.ReqRealTimeBars(9, AAPL, "BID", True)),
        ("live|265598@SMART:1_min:1_D:TRADES|", streams.ReqLiveBars(9, AAPL, "1 D", "1 min", "TRADES", False)),
        ("live|265598@SMART:5_min:1_D:TRADES|", streams.ReqLiveBars(9, AAPL, "1 D", "5 mins", "TRADES", False)),
        ("live|265598@SMART:1_secs:1_D:BID|", streams.ReqLiveBars(9, AAPL, "1 D", "1 secs", "BID", False)),
        (
            "scan|STK:STK.US:HOT:5:abovePrice=5|",
            streams.ReqScanner(9, "STK", "STK.US", "HOT", 5, (("abovePrice", "5"),)),
        ),
        ("pnl_single|DU1234567:7:Tech|", streams.ReqPnlSingle(9, "DU1234567", "Tech", 7)),
        ("news|265598@SMART:BRFG|", calls.ReqMarketData(9, AAPL, "mdoff,292:BRFG")),
        (
            "tape|BRFG|",
            calls.ReqMarketData(9, Contract(symbol="BRFG:BRFG_ALL", sec_type="NEWS", exchange="BRFG"), "mdoff,292"),
        ),
    ],
)
def test_what_tws_is_asked(topic: str, call: calls.TwsCall) -> None:
    assert opening(topic) == call
