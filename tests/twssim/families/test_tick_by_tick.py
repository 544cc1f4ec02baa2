"""reqTickByTickData of all four kinds as the official client sees it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ibapi.contract import Contract

from tests.twssim.families.rig import an_option, currency_pair, ready
from tests.twssim.official import OfficialClient, errors, names, of, stock

pytestmark = pytest.mark.usefixtures("every_profile")

CALLBACKS = {
    "Last": "tickByTickAllLast",
    "AllLast": "tickByTickAllLast",
    "BidAsk": "tickByTickBidAsk",
    "MidPoint": "tickByTickMidPoint",
}


@pytest.mark.parametrize("kind", CALLBACKS)
def test_ticks_come_as_they_happen_until_the_cancel(kind: str) -> None:
    client = ready()
    client.reqTickByTickData(9, stock(), kind, 0, False)
    events = client.after(20.0)
    assert len(events) > 20 and set(names(events)) == {CALLBACKS[kind]}
    client.cancelTickByTickData(9)
    assert client.after(5.0) == [] and client.tws.scheduler.next_due() is None
    client.cancelTickByTickData(9)
    assert errors(client.take()) == [(9, 300)]


@pytest.mark.parametrize(
    ("kind", "callback", "what"),
    [
        ("Last", "historicalTicksLast", "TRADES"),
        ("BidAsk", "historicalTicksBidAsk", "BID_ASK"),
        ("MidPoint", "historicalTicks", "MIDPOINT"),
    ],
)
def test_what_was_comes_first_and_what_is_follows_without_a_gap(kind: str, callback: str, what: str) -> None:
    client = ready(answer_delay=0.0)
    client.reqTickByTickData(9, stock(), kind, 20, False)
    events = client.after(10.0)
    assert names(events)[0] == callback and set(names(events[1:])) == {CALLBACKS[kind]}
    ((_, before, done),) = of(events, callback)
    assert done and 20 <= len(before) < 24
    live = [arguments[2 if kind == "Last" else 1] for arguments in of(events, CALLBACKS[kind])]
    times = [tick.time for tick in before] + live
    client.cancelTickByTickData(9)
    start = f"{datetime.fromtimestamp(times[0], UTC):%Y%m%d-%H:%M:%S}"
    client.reqHistoricalTicks(5, stock(), start, "", len(times), what, 0, False, [])
    ((_, ticks, _),) = of(client.after(1.0), callback)
    assert [tick.time for tick in ticks][: len(times)] == times


def test_last_and_all_last_say_which_they_are() -> None:
    client = ready()
    client.reqTickByTickData(1, stock(), "Last", 0, False)
    client.reqTickByTickData(2, stock(), "AllLast", 0, False)
    ticks = of(client.after(30.0), "tickByTickAllLast")
    assert {(req_id, number) for req_id, number, *_ in ticks} == {(1, 1), (2, 2)}
    assert {arguments[0] for arguments in ticks if arguments[5].unreported} == {2}
    assert [record["req_id"] for record in client.tws.ledger.of("pacing")] == [2], "sooner than after 15 seconds"


def test_without_sizes_only_prices_count() -> None:
    client = ready()
    client.reqTickByTickData(1, currency_pair(), "BidAsk", 0, True)
    prices = [arguments[2:4] for arguments in of(client.after(30.0), "tickByTickBidAsk")]
    assert prices and all(one != other for one, other in zip(prices, prices[1:], strict=False))


def test_a_login_has_five_of_them() -> None:
    client = ready()
    other = OfficialClient(client.tws, client_id=2)
    other.after(1.0)
    for req_id in range(5):
        client.reqTickByTickData(req_id, stock(), "Last", 0, False)
    other.reqTickByTickData(9, stock(), "Last", 0, False)
    assert errors(other.take()) == [(9, 10190)]
    client.cancelTickByTickData(0)
    other.reqTickByTickData(9, stock(), "Last", 0, False)
    assert errors(other.take()) == []


@pytest.mark.parametrize(
    ("contract", "kind", "code"),
    [(stock(), "Everything", 321), (stock("NOSUCH"), "Last", 200), (currency_pair(), "Last", 10189)],
)
def test_what_has_no_ticks_is_refused(contract: Contract, kind: str, code: int) -> None:
    client = ready()
    client.reqTickByTickData(9, contract, kind, 0, False)
    assert errors(client.take()) == [(9, code)]


def test_options_have_no_live_ticks_and_an_id_is_used_once() -> None:
    client = ready()
    client.reqTickByTickData(9, an_option(client), "Last", 0, False)
    client.reqTickByTickData(8, stock(), "Last", 0, False)
    client.reqTickByTickData(8, stock(), "Last", 0, False)
    assert errors(client.take()) == [(9, 10189), (8, 322)]


def test_a_client_that_does_not_read_misses_nothing_of_the_last_minute() -> None:
    client = ready(answer_delay=0.0)
    client.reqTickByTickData(9, stock(), "BidAsk", 0, False)
    client.after(0.0)
    client.session.congested = True
    assert client.after(30.0) == []
    client.session.congested = False
    assert len(client.after(0.25)) == 122
