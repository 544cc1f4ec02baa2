from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.client.fake_bridge import FakeBridge
from tests.waiting import eventually
from twsbridge import Client, InvalidRequest
from twsbridge.bars import Bar
from twsbridge.protocol.commands import OpenQuote
from twsbridge.protocol.replies import QuoteLine
from twsbridge.protocol.stream_rows import BidAsk, Pnl, ScanRow

AAPL = "265598@SMART"


@pytest.fixture(autouse=True)
def resolved(fake: FakeBridge) -> None:
    def resolve(command: OpenQuote) -> QuoteLine:
        return QuoteLine(topic=f"md|{AAPL}|", contract=command.contract, min_tick=0.01)

    fake.answers["quote.open"] = resolve


TOPICS: list[tuple[Callable[[Client], Any], str]] = [
    (lambda client: client.ticks("AAPL"), f"md|{AAPL}|"),
    (lambda client: client.ticks("AAPL", every_ms=250, generic_ticks=[236, 233]), f"md|{AAPL}:233,236~250|"),
    (lambda client: client.depth("AAPL", 5), f"depth|{AAPL}:5|"),
    (lambda client: client.depth("AAPL", smart=True, every_ms=0), f"depth|{AAPL}:10:smart~0|"),
    (lambda client: client.tick_by_tick("AAPL", "BidAsk"), f"tbt|{AAPL}:BidAsk|"),
    (lambda client: client.real_time_bars("AAPL", use_rth=True), f"bars5|{AAPL}:TRADES:rth|"),
    (lambda client: client.live_bars("AAPL", use_rth=False), f"live|{AAPL}:1_min:1_D:TRADES|"),
    (
        lambda client: client.scanner("HOT_BY_VOLUME", filters={"b": 2, "abovePrice": 5.5}),
        "scan|STK:STK.US.MAJOR:HOT_BY_VOLUME:10:abovePrice=5.5,b=2|",
    ),
    (lambda client: client.pnl("DU1234567"), "pnl|DU1234567|"),
    (lambda client: client.pnl("DU1234567", "Tech", every_ms=1000), "pnl|DU1234567:Tech~1000|"),
    (lambda client: client.pnl_single("DU1234567", 7), "pnl_single|DU1234567:7|"),
    (lambda client: client.news("AAPL", ["BRFG", "DJ-N"]), f"news|{AAPL}:BRFG+DJ-N|"),
    (lambda client: client.bulletins(), "bulletins|all|"),
    (lambda client: client.display_group(2), "group|2|"),
    (lambda client: client.rows("tape|BRFG|"), "tape|BRFG|"),
]


@pytest.mark.parametrize(("opened", "topic"), TOPICS, ids=[topic for _, topic in TOPICS])
def test_what_is_subscribed_to(fake: FakeBridge, client: Client, opened: Callable[[Client], Any], topic: str) -> None:
    with opened(client):
        eventually(lambda: topic in fake.subscribed)
    eventually(lambda: topic in fake.unsubscribed)


def test_rows_are_typed(fake: FakeBridge, client: Client) -> None:
    with client.tick_by_tick("AAPL", "BidAsk") as stream:
        eventually(lambda: stream.topic in fake.subscribed)
        fake.ticks(stream.topic, "ticks", 1, [[1, 2.0, 2.5, "1", "2", False, True, "more"]])
        assert next(stream) == BidAsk(1, 2.0, 2.5, "1", "2", False, True)
    with client.pnl("DU1234567") as stream:
        eventually(lambda: stream.topic in fake.subscribed)
        fake.ticks(stream.topic, "image", 1, [[1.0, None, 2.0]])
        assert next(stream) == Pnl(1.0, None, 2.0)


def test_a_scan_is_a_list_and_bars_are_bars(fake: FakeBridge, client: Client) -> None:
    with client.scanner("HOT_BY_VOLUME") as scans, client.live_bars("AAPL", bar_size="1 day") as bars:
        eventually(lambda: {scans.topic, bars.topic} <= set(fake.subscribed))
        fake.ticks(scans.topic, "image", 1, [[0, {"con_id": 5}, "", "", "", ""]])
        assert next(scans) == [ScanRow(0, {"con_id": 5}, "", "", "", "")]
        rest = (1.0, 4.0, 0.5, 2.0)
        fake.ticks(
            bars.topic, "image", 1, [["2026-11-20", *rest, 5.0, 1.5, 3], [1776094020000000, *rest, -1.0, -1.0, -1]]
        )
        assert [next(bars), next(bars)] == [
            Bar(date(2026, 11, 20), *rest, 5.0, 1.5, 3),
            Bar(datetime(2026, 4, 13, 15, 27, tzinfo=UTC), *rest, None, None, None),
        ]


def test_what_cannot_be_subscribed_to_is_refused_at_once(client: Client) -> None:
    for wrong in (
        lambda: client.depth("AAPL", rows=0),
        lambda: client.pnl(""),
        lambda: client.rows("orders|all|"),
        lambda: client.scanner("HOT BY VOLUME"),
    ):
        with pytest.raises(InvalidRequest, match="o stream has the topic"):
            wrong()
