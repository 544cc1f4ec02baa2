from __future__ import annotations

from decimal import Decimal

import pytest

from tests.twssim.test_execution_faults import bought, holdings
from twssim.corrections import record_correction, replace_execution, revised


@pytest.mark.parametrize(("shares", "price"), [("2", "250"), ("1", "10"), ("0", "10")])
def test_a_revision_adds_up(shares: str, price: str) -> None:
    old = bought().tws.orders.executions[-1]
    new = revised(old, Decimal(shares), Decimal(price))
    assert new.cum_qty == old.cum_qty - old.shares + Decimal(shares)
    before = old.avg_price * old.cum_qty - old.price * old.shares
    assert round(new.avg_price * new.cum_qty, 6) == round(before + Decimal(shares) * Decimal(price), 6)


def test_there_and_back_changes_nothing() -> None:
    tws = bought().tws
    before, old = holdings(tws), tws.orders.executions[0]
    new = revised(old, Decimal(1), Decimal(500))
    replace_execution(tws, old, new, tws.now)
    assert holdings(tws) != before
    replace_execution(tws, new, old, tws.now)
    assert holdings(tws) == before


def test_the_ledger_names_what_was_replaced() -> None:
    tws = bought().tws
    old = tws.orders.executions[0]
    record_correction(tws, old, revised(old, Decimal(1), Decimal(500)))
    [record] = tws.ledger.of("correction")
    assert (record["replaces"], record["shares"], record["price"]) == (old.exec_id, "1", "500")
