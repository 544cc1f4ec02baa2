"""Executions that are corrected or busted, as the official client and a restarted TWS see them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from ibapi.execution import ExecutionFilter

from tests.twssim.fault_rig import FaultRig
from tests.twssim.official import gateway, of, order, stock
from twssim.gateway import Gateway
from twssim.stage import FaultRefused


def bought(quantity: int = 4) -> FaultRig:
    """One market order, filled in slices."""
    rig = FaultRig(fill_slices=2)
    rig.client.placeOrder(1, stock(), order("MKT", "BUY", quantity))
    rig.client.after(10.0)
    return rig


def holdings(tws: Gateway) -> tuple[Decimal, Decimal]:
    """Shares of the only position, and the dollars paid for it."""
    (account,) = tws.accounts.values()
    (position,) = account.positions.values()
    return position.quantity, round(account.cash["USD"], 6)


def test_a_correction_replaces_the_price() -> None:
    rig = bought()
    old = rig.tws.orders.executions[0]
    _, dollars = holdings(rig.tws)
    rig.faults.apply("correction", price="200", number=0)
    [(req_id, _, told)] = of(rig.client.after(1.0), "execDetails")
    assert (req_id, told.execId) == (-1, old.exec_id[:-2] + "02")
    assert (told.price, told.shares) == (200.0, old.shares)
    assert holdings(rig.tws) == (Decimal(4), round(dollars + old.shares * (old.price - 200), 6))
    rig.client.reqExecutions(7, ExecutionFilter())
    asked = of(rig.client.after(1.0), "execDetails")
    assert {row[2].execId for row in asked} == {each.exec_id for each in rig.tws.orders.executions}
    assert sum(row[2].shares for row in asked) == 4


def test_a_second_correction_goes_one_further() -> None:
    rig = bought()
    rig.faults.apply("correction", price="200")
    rig.faults.apply("correction", shares="1")
    told = of(rig.client.take(), "execDetails")
    assert [row[2].execId[-3:] for row in told] == [".02", ".03"]


def test_a_bust_takes_the_shares_back() -> None:
    rig = bought()
    shares = rig.tws.orders.executions[-1].shares
    rig.faults.apply("bust")
    [(_, _, told)] = of(rig.client.take(), "execDetails")
    assert told.shares == 0
    assert holdings(rig.tws)[0] == 4 - shares


def test_a_restarted_tws_remembers() -> None:
    rig = bought()
    rig.faults.apply("correction", price="200", number=0)
    rig.faults.apply("bust")
    again = gateway(records=rig.tws.ledger.records)
    assert holdings(again) == holdings(rig.tws)
    assert again.orders.executions == rig.tws.orders.executions
    assert [each.filled for each in again.orders] == [each.filled for each in rig.tws.orders]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"number": 99}, "no execution number 99"),
        ({"price": "free"}, "price must be"),
        ({"shares": "-1"}, "shares must be"),
    ],
)
def test_what_cannot_be_is_refused(arguments: dict[str, object], complaint: str) -> None:
    rig = bought()
    with pytest.raises(FaultRefused, match=complaint):
        rig.faults.apply("correction", None, **arguments)


def test_what_was_busted_can_be_corrected_and_busted_once_more() -> None:
    rig = bought()
    bought_for = holdings(rig.tws)
    old = rig.tws.orders.executions[-1]
    for action in ("bust", "bust", "correction"):
        rig.faults.apply(action, **({"shares": str(old.shares)} if action == "correction" else {}))
    told = of(rig.client.take(), "execDetails")
    assert [row[2].shares for row in told] == [0, 0, old.shares]
    assert holdings(rig.tws) == bought_for
