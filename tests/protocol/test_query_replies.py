from __future__ import annotations

from decimal import Decimal

from twsbridge.protocol.columns import columns_to_lists, pack_floats, pack_ints
from twsbridge.protocol.query_replies import HistogramEntry, HistoricalTicks


def test_sizes_are_exact() -> None:
    assert HistogramEntry(price=1.0, size=Decimal("0.1")).wire() == {"price": 1.0, "size": "0.1"}


def test_ticks_become_lists_for_json() -> None:
    ticks = HistoricalTicks(count=1, i64={"time_us": pack_ints([5])}, f64={"price": pack_floats([1.5])})
    assert columns_to_lists(ticks.wire())["f64"] == {"price": [1.5]}
