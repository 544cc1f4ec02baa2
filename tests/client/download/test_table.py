from __future__ import annotations

from datetime import date

import pytest

from tests.client.download.scene import bars_of, noon
from twsbridge.download.table import joined, packed, table_of
from twsbridge.protocol.replies import Bars

DAYS = [date(2024, 3, 1), date(2024, 3, 4), date(2024, 3, 5)]


@pytest.mark.parametrize("size", ["1 min", "1 day"])
def test_there_and_back_nothing_changes(size: str) -> None:
    bars = bars_of(DAYS, size, 9)
    table = table_of(bars)
    parts = [table.cut(0, table.places[1]), table.cut(table.places[1], 1 << 60)]
    assert [len(part) for part in parts] == [1, 2]
    again = Bars.model_validate(bars.model_dump() | packed(joined(parts, table.is_dated)))
    assert again == bars


def test_times_are_dates_or_instants() -> None:
    assert table_of(bars_of(DAYS, "1 day", 9)).times() == DAYS
    (first, *_) = table_of(bars_of(DAYS, "1 min", 9)).times()
    assert first.isoformat() == "2024-03-01T17:00:00+00:00"
    assert table_of(bars_of(DAYS, "1 min", 9)).places[0] == noon(DAYS[0])


def test_some_kinds_have_no_volume() -> None:
    assert table_of(bars_of(DAYS, "1 day", 9)).has_volume
    assert not table_of(bars_of(DAYS, "1 day", 9, count=-1)).has_volume
