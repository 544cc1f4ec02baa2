"""Bars of streams: TWS's notation of their time as one that every client can read."""

from __future__ import annotations

from datetime import date

from twsbridge.protocol.stream_rows import StreamBar
from twsbridge_server.core.stream_inputs import BarRow

DAY = 8
"""Digits of a day as TWS writes it, yyyymmdd; everything else is epoch seconds."""

SECOND_US = 1_000_000


def stream_bar(row: BarRow) -> StreamBar:
    """The bar with its start in microseconds UTC or as a day. ValueError for a time that is neither."""
    is_day = len(row.date) == DAY
    time = date.fromisoformat(row.date).isoformat() if is_day else int(row.date) * SECOND_US
    return StreamBar(time, *row[1:])
