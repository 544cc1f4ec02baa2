"""The rules of the historical data service, alone and as a client meets them."""

from __future__ import annotations

import pytest

from tests.twssim.official import OfficialClient, errors, gateway, names, stock
from twssim.history_pacing import HistoryPacing, Query, small_bars
from twssim.scheduler import Scheduler


def query(number: int, series: str = "AAPL", weight: int = 1) -> Query:
    return Query(number, series, weight)


def test_the_same_again_needs_fifteen_seconds() -> None:
    scheduler = Scheduler(0.0)
    pacing = HistoryPacing(scheduler, 60)
    assert [pacing.allows(query(1)) for _ in range(2)] == [True, False]
    scheduler.advance(14.9)
    assert not pacing.allows(query(1))
    scheduler.advance(15.0)
    assert pacing.allows(query(1))


def test_one_series_has_five_in_two_seconds_and_bid_ask_counts_twice() -> None:
    pacing = HistoryPacing(Scheduler(0.0), 60)
    assert [pacing.allows(query(number)) for number in range(6)] == [True] * 5 + [False]
    assert [pacing.allows(query(number, "MSFT", 2)) for number in range(10, 13)] == [True, True, False]


def test_so_many_in_ten_minutes() -> None:
    scheduler = Scheduler(0.0)
    pacing = HistoryPacing(scheduler, 3)
    assert [pacing.allows(query(number, f"S{number}")) for number in range(4)] == [True, True, True, False]
    scheduler.advance(600.0)
    assert pacing.allows(query(9, "S9"))


@pytest.mark.parametrize(("size", "is_small"), [("30 secs", True), ("1 min", False), ("1 day", False)])
def test_small_bars(size: str, is_small: bool) -> None:
    assert small_bars(size) is is_small


def ask(client: OfficialClient, req_id: int, size: str = "5 secs", duration: str = "60 S") -> None:
    client.reqHistoricalData(req_id, stock(), "", duration, size, "TRADES", 0, 2, False, [])


@pytest.mark.usefixtures("every_profile")
def test_a_client_that_asks_the_same_twice() -> None:
    tws = gateway()
    client = OfficialClient(tws)
    client.after(1.0)
    ask(client, 9)
    ask(client, 10)
    events = client.after(0.5)
    assert names(events).count("historicalDataEnd") == 1
    assert (10, 162) in errors(events)
    assert [record["req_id"] for record in tws.ledger.of("pacing")] == [10]


def test_longer_bars_are_free_but_only_so_many_are_open() -> None:
    client = OfficialClient(gateway(historical_open_requests=2))
    client.after(1.0)
    for req_id in (9, 10, 11):
        ask(client, req_id, "1 min", "600 S")
    events = client.after(0.5)
    assert names(events).count("historicalDataEnd") == 2
    assert (11, 322) in errors(events)
    ask(client, 12, "1 min", "600 S")
    assert "historicalDataEnd" in names(client.after(0.5))


def test_without_pacing_everything_is_answered() -> None:
    client = OfficialClient(gateway(historical_pacing=False, historical_open_requests=0))
    client.after(1.0)
    ask(client, 9)
    ask(client, 10)
    assert names(client.after(0.5)).count("historicalDataEnd") == 2
