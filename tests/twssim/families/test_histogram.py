"""reqHistogramData as the official client sees it."""

from __future__ import annotations

import pytest

from tests.twssim.families.rig import currency_pair, ready
from tests.twssim.official import errors, of, stock

pytestmark = pytest.mark.usefixtures("every_profile")


@pytest.mark.parametrize(("period", "duration", "size"), [("2 hours", "7200 S", "1 min"), ("3 days", "3 D", "5 mins")])
def test_the_sizes_are_the_volume_of_the_bars(period: str, duration: str, size: str) -> None:
    client = ready()
    client.reqHistogramData(9, stock(), True, period)
    ((req_id, entries),) = of(client.after(0.2), "histogramData")
    now = client.tws.now
    assert req_id == 9 and [entry.price for entry in entries] == sorted({entry.price for entry in entries})
    client.reqHistoricalData(8, stock(), "", duration, size, "TRADES", 1, 2, False, [])
    bars = [bar for _, bar in of(client.after(0.2), "historicalData")]
    assert min(bar.close for bar in bars) <= entries[-1].price and entries[0].price <= max(bar.high for bar in bars)
    total, volume = sum(entry.size for entry in entries), sum(bar.volume for bar in bars)
    assert abs(total - volume) <= volume / 100, now


def test_what_has_no_trades_or_no_period_is_refused() -> None:
    client = ready()
    client.reqHistogramData(6, stock(), True, "soon")
    client.reqHistogramData(7, stock(), True, "3 decades")
    client.reqHistogramData(8, currency_pair(), True, "3 days")
    client.reqHistogramData(9, stock("NOSUCH"), True, "3 days")
    assert errors(client.after(1.0)) == [(6, 321), (7, 321), (9, 200), (8, 10188)]


def test_a_query_can_be_cancelled_and_has_its_id_alone() -> None:
    client = ready()
    client.reqHistogramData(9, stock(), True, "3 days")
    client.reqHistogramData(9, stock(), True, "3 days")
    client.cancelHistogramData(9)
    client.cancelHistogramData(9)
    events = client.after(1.0)
    assert errors(events) == [(9, 321), (9, 300)] and len(events) == 2
