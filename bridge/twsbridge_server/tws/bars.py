"""Bars of TWS. Pure."""

from __future__ import annotations

import ibapi.common

from twsbridge_server.core.stream_inputs import BarRow
from twsbridge_server.tws.unset import integer, number, size, text

NO_VOLUME = -1.0
"""IB's own mark on bars that have no volume, such as those of midpoints."""


def bar_row(said: ibapi.common.BarData) -> BarRow:
    """One bar. ValueError when one of its prices is missing."""
    volume, wap = (size(amount) for amount in (said.volume, said.wap))
    return BarRow(
        text(said.date),
        *prices(said.open, said.high, said.low, said.close),
        NO_VOLUME if volume is None else float(volume),
        NO_VOLUME if wap is None else float(wap),
        integer(said.barCount) or 0,
    )


def price(said: float | None) -> float:
    """A price that has to be there; ValueError when it is not."""
    known = number(said)
    if known is None:
        raise ValueError("a row without one of its prices")
    return known


def prices(first: float, high: float, low: float, last: float) -> tuple[float, float, float, float]:
    """The four prices of a bar; ValueError when one is missing."""
    return price(first), price(high), price(low), price(last)
