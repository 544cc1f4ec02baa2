from __future__ import annotations

from decimal import Decimal

import ibapi.common
import pytest
from ibapi.const import UNSET_DOUBLE

from twsbridge_server.core.stream_inputs import BarRow
from twsbridge_server.tws.bars import NO_VOLUME, bar_row, price, prices


def test_a_bar() -> None:
    said = ibapi.common.BarData()
    said.date, said.open, said.high, said.low, said.close = "20261120", 1.0, 4.0, 0.5, 2.0
    said.volume, said.wap, said.barCount = Decimal("100.5"), Decimal(str(2**127 - 1)), 7
    assert bar_row(said) == BarRow("20261120", 1.0, 4.0, 0.5, 2.0, 100.5, NO_VOLUME, 7)


def test_a_price_that_is_missing_is_refused() -> None:
    assert prices(1.0, 2.0, 0.5, -1.0) == (1.0, 2.0, 0.5, -1.0)
    for missing in (UNSET_DOUBLE, float("nan"), None):
        with pytest.raises(ValueError, match="without one of its prices"):
            price(missing)
