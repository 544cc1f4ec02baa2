"""Historical bars as a client meets them; what the bars contain is tested with their maker."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twssim.official import NOON, OfficialClient, errors, gateway, names, of, stock

pytestmark = pytest.mark.usefixtures("every_profile")


def ready() -> OfficialClient:
    client = OfficialClient(gateway())
    client.after(1.0)
    return client


def ask(client: OfficialClient, **changes: Any) -> None:
    wanted = {"end": "", "duration": "5 D", "size": "1 day", "what": "TRADES", "format": 1, "keep": False} | changes
    contract = wanted.get("contract", stock())
    size, what = wanted["size"], wanted["what"]
    client.reqHistoricalData(
        9, contract, wanted["end"], wanted["duration"], size, what, 1, wanted["format"], wanted["keep"], []
    )


def test_daily_bars_of_a_london_fund() -> None:
    client = ready()
    ask(client, contract=stock("CSH2", "GBP", "LSE"), duration="3 M")
    events = client.after(0.5)
    bars = [bar for _, bar in of(events, "historicalData")]
    assert 60 <= len(bars) <= 66
    assert all(len(bar.date) == 8 and bar.low <= bar.open <= bar.high for bar in bars)
    assert names(events)[-1] == "historicalDataEnd"
    assert of(events, "historicalDataEnd")[0][2] == "20261124 12:00:01 GB-Eire"


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"size": "1 hour", "duration": "1 D", "format": 1}, " US/Eastern"),
        ({"size": "1 hour", "duration": "1 D", "format": 2}, "00"),
        ({"size": "1 day", "duration": "1 W", "format": 2}, ""),
    ],
)
def test_bar_times_follow_the_format_date(changes: dict[str, Any], first: str) -> None:
    client = ready()
    ask(client, **changes)
    bar = of(client.after(0.5), "historicalData")[0][1]
    assert bar.date.endswith(first)
    assert len(bar.date) == {" US/Eastern": 28, "00": 10, "": 8}[first]


def test_the_end_may_be_written_in_a_zone_or_in_utc() -> None:
    client = ready()
    for end in ("20261123 16:00:00 US/Eastern", "20261123-21:00:00"):
        ask(client, end=end)
        assert of(client.after(0.5), "historicalDataEnd")[0][2] == "20261123 16:00:00 US/Eastern"


def test_an_end_without_a_zone_gets_a_warning_and_an_answer() -> None:
    client = ready()
    ask(client, end="20261123 16:00:00")
    events = client.after(0.5)
    assert errors(events) == [(9, 2174)]
    assert names(events)[-1] == "historicalDataEnd"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"end": "yesterday"}, 321),
        ({"size": "7 days"}, 321),
        ({"duration": "many"}, 321),
        ({"what": "NOTHING"}, 321),
        ({"contract": stock("NOSUCH")}, 200),
        ({"keep": True, "end": "20261123-21:00:00"}, 321),
    ],
)
def test_what_cannot_be_answered_is_refused_without_an_end(changes: dict[str, Any], code: int) -> None:
    client = ready()
    ask(client, **changes)
    events = client.after(1.0)
    assert names(events) == ["error"] and errors(events) == [(9, code)]
    assert client.session.subscriptions.bars == {}


def test_a_cancel_in_time_is_162_and_too_late_is_366() -> None:
    client = ready()
    ask(client)
    client.cancelHistoricalData(9)
    events = client.after(1.0)
    assert errors(events) == [(9, 162)]
    assert of(events, "error")[0][3].endswith("API historical data query cancelled: 9")
    ask(client)
    client.after(1.0)
    client.cancelHistoricalData(9)
    assert errors(client.take()) == [(9, 366)]


def test_a_second_query_with_the_same_id_is_refused_while_the_first_runs() -> None:
    client = ready()
    ask(client)
    ask(client)
    events = client.after(1.0)
    assert errors(events) == [(9, 322)]
    assert names(events).count("historicalDataEnd") == 1


def test_keep_up_to_date_goes_on_every_five_seconds_until_cancelled() -> None:
    client = ready()
    ask(client, keep=True, size="1 min", duration="1800 S")
    client.after(0.5)
    events = client.after(20.0)
    updates = [bar for _, bar in of(events, "historicalDataUpdate")]
    assert len(updates) == 4
    assert updates[-1].close == float(client.tws.market.quote(265598, NOON + 21.1).last)
    client.cancelHistoricalData(9)
    client.take()
    assert client.after(20.0) == []


def test_midpoints_keep_their_half_tick() -> None:
    client = ready()
    ask(client, what="MIDPOINT", size="1 min", duration="1800 S")
    closes = [bar.close for _, bar in of(client.after(0.5), "historicalData")]
    assert any(round(close * 1000) % 10 == 5 for close in closes)


@pytest.mark.parametrize("size", ["1 secs", "5 secs", "1 min", "1 hour", "1 day"])
def test_every_bar_size_can_be_kept_up_to_date(size: str) -> None:
    client = ready()
    ask(client, size=size, duration="60 S" if "sec" in size else "2 D", keep=True)
    assert len(of(client.after(11.0), "historicalDataUpdate")) == 2
