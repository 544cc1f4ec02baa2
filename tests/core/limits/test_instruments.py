from __future__ import annotations

import pytest

from twsbridge.protocol.models import Contract
from twsbridge_server.core.limits.instruments import is_same, may_be_same, multiplier

AAPL = Contract(con_id=1, symbol="AAPL", sec_type="STK", currency="USD")
NAMED = Contract(symbol="aapl", sec_type="STK", currency="USD")
CALL = Contract(symbol="AAPL", sec_type="OPT", last_trade_date="202612", strike=200.0, right="C", currency="USD")


@pytest.mark.parametrize(
    ("one", "other", "same", "maybe"),
    [
        (AAPL, Contract(con_id=1), True, True),
        (AAPL, Contract(con_id=2, symbol="AAPL", sec_type="STK", currency="USD"), False, False),
        (AAPL, NAMED.model_copy(update={"symbol": "AAPL"}), True, True),
        (AAPL, NAMED.model_copy(update={"symbol": "MSFT"}), False, False),
        (AAPL, Contract(local_symbol="AAPL"), False, True),
        (CALL, CALL, False, True),
        (CALL, CALL.model_copy(update={"last_trade_date": "20261218", "con_id": 9}), False, True),
        (CALL, CALL.model_copy(update={"last_trade_date": "202701"}), False, False),
        (CALL, CALL.model_copy(update={"strike": 210.0}), False, False),
    ],
)
def test_the_same_or_perhaps_the_same(one: Contract, other: Contract, same: bool, maybe: bool) -> None:
    assert (is_same(one, other), is_same(other, one)) == (same, same)
    assert (may_be_same(one, other), may_be_same(other, one)) == (maybe, maybe)


@pytest.mark.parametrize(
    ("contract", "units"),
    [(AAPL, 1.0), (CALL, None), (CALL.model_copy(update={"multiplier": "100"}), 100.0), (Contract(con_id=5), None),
     (CALL.model_copy(update={"multiplier": "x"}), None)],
)  # fmt: skip
def test_how_much_one_stands_for(contract: Contract, units: float | None) -> None:
    assert multiplier(contract) == units
