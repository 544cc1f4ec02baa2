from __future__ import annotations

import pytest

from twsbridge.protocol.stream_rows import StreamBar
from twsbridge_server.core.stream_bars import stream_bar
from twsbridge_server.core.stream_inputs import BarRow

REST = (1.0, 4.0, 0.5, 2.0, 100.0, 1.5, 7)


def test_instants_are_microseconds_and_days_are_dates() -> None:
    assert stream_bar(BarRow("1776094020", *REST)) == StreamBar(1776094020000000, *REST)
    assert stream_bar(BarRow("20261120", *REST)) == StreamBar("2026-11-20", *REST)


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        stream_bar(BarRow("yesterday", *REST))
