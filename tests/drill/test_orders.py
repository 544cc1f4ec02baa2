from __future__ import annotations

from decimal import Decimal

from twsbridge_drill.orders import cancel, executions, order, stock


def test_one_share_of_a_us_stock() -> None:
    made = order("BUY", "LMT", lmtPrice=10.0)
    assert (made.totalQuantity, made.tif, made.lmtPrice) == (Decimal(1), "DAY", 10.0)
    contract = stock("AAPL")
    assert (contract.symbol, contract.currency) == ("AAPL", "USD")
    assert cancel() is not None and executions() is not None
