from __future__ import annotations

import pytest

from tests.core.history.world import block
from twsbridge_server.core.history.blocks import joined, to_columns
from twsbridge_server.core.stream_inputs import BarRow

BAR = BarRow("20260105", 100.0, 101.5, 99.5, 101.0, 1234.0, 100.7, 42)


def test_a_cut_has_what_begins_in_it_and_keeps_where_it_comes_from() -> None:
    cut = block(0, 50, 10, 20, 30, fetched_us=7, server_version=176).cut(20, 99)
    assert (cut.start_us, cut.end_us, list(cut.columns["time_us"])) == (20, 50, [20, 30])
    assert (cut.fetched_us, cut.server_version, len(cut)) == (7, 176, 2)
    assert len(block(0, 50, 10).cut(60, 70)) == 0


def test_blocks_are_joined_in_order() -> None:
    columns = joined([block(0, 15, 10), block(15, 40, 20, 30)])
    assert list(columns["time_us"]) == [10, 20, 30] and list(columns["close"]) == [10.0, 20.0, 30.0]


def test_rows_become_ordered_columns_with_each_time_once() -> None:
    rows = [BAR._replace(date="30"), BAR, BAR._replace(date="30", close=7.0)]
    columns = to_columns(rows, int)
    assert list(columns["time_us"]) == [30, 20260105]
    assert list(columns["close"]) == [7.0, 101.0] and list(columns["bar_count"]) == [42, 42]
    with pytest.raises(ValueError, match="invalid"):
        to_columns([BAR._replace(date="x")], int)
