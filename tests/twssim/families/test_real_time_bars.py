"""reqRealTimeBars as the official client sees it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from ibapi.contract import Contract

from tests.twssim.families.rig import currency_pair, ready
from tests.twssim.official import errors, names, of, stock

pytestmark = pytest.mark.usefixtures("every_profile")


def test_a_bar_comes_every_five_seconds() -> None:
    client = ready()
    client.reqRealTimeBars(9, stock(), 5, "TRADES", False, [])
    bars = of(client.after(60.0), "realtimeBar")
    assert len(bars) == 12 and {bar[0] for bar in bars} == {9}
    times = [bar[1] for bar in bars]
    assert times == [times[0] + 5 * number for number in range(12)] and times[0] % 5 == 0
    for _, _, opened, high, low, closed, volume, wap, count in bars:
        assert low <= min(opened, closed) <= max(opened, closed) <= high
        assert low <= float(wap) <= high and volume >= 0 and count >= 0
    client.cancelRealTimeBars(9)
    assert client.after(10.0) == []
    client.cancelRealTimeBars(9)
    assert errors(client.take()) == [(9, 300)]


def test_live_bars_are_the_bars_of_the_history() -> None:
    client = ready()
    client.reqRealTimeBars(9, stock(), 5, "TRADES", False, [])
    live = of(client.after(30.0), "realtimeBar")
    client.reqHistoricalData(8, stock(), "", "1800 S", "5 secs", "TRADES", 0, 2, False, [])
    past = {int(bar.date): bar for _, bar in of(client.after(1.0), "historicalData")}
    for _, time, opened, high, low, closed, volume, *_ in live:
        bar = past[time]
        assert (bar.open, bar.high, bar.low, bar.close, bar.volume) == (opened, high, low, closed, volume)


def test_midpoints_of_a_currency_have_no_volume() -> None:
    client = ready()
    client.reqRealTimeBars(9, currency_pair(), 5, "MIDPOINT", True, [])
    ((*_, volume, wap, count),) = of(client.after(5.0), "realtimeBar")
    assert (volume, wap, count) == (Decimal(-1), Decimal(-1), -1)


@pytest.mark.parametrize(
    ("contract", "size", "what", "code"),
    [
        (currency_pair(), 5, "TRADES", 420),
        (stock(), 30, "TRADES", 420),
        (stock(), 5, "BID_ASK", 420),
        (stock("NOSUCH"), 5, "TRADES", 200),
    ],
)
def test_what_has_no_bars_is_refused(contract: Contract, size: int, what: str, code: int) -> None:
    client = ready()
    client.reqRealTimeBars(9, contract, size, what, True, [])
    assert errors(client.take()) == [(9, code)]


def test_sixty_queries_in_ten_minutes_and_as_many_streams_as_lines() -> None:
    client = ready(real_time_bars_in_ten_minutes=2, market_data_lines=3)
    for req_id in (1, 2, 2, 3):
        client.reqRealTimeBars(req_id, stock(), 5, "TRADES", True, [])
    assert errors(client.take()) == [(2, 322), (3, 420)]
    assert [record["req_id"] for record in client.tws.ledger.of("pacing")] == [3]
    client.after(600.0)
    client.reqRealTimeBars(3, stock(), 5, "TRADES", True, [])
    client.reqRealTimeBars(4, stock(), 5, "TRADES", True, [])
    assert errors(client.take()) == [(4, 456)]


def test_a_closed_market_has_no_bars() -> None:
    client = ready(calendar="regular")
    client.reqRealTimeBars(9, stock(), 5, "TRADES", True, [])
    assert names(client.after(60.0)) == []
    client.reqRealTimeBars(8, stock(), 5, "TRADES", False, [])
    assert names(client.after(60.0)) == ["realtimeBar"] * 12
