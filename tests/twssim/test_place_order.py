"""placeOrder in all its meanings; the sequences are tested with the exchange."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.twssim.official import OfficialClient, errors, gateway, names, of, order, stock

pytestmark = pytest.mark.usefixtures("every_profile")


def working(kind: str = "LMT", **fields: Any) -> OfficialClient:
    client = OfficialClient(gateway())
    client.after(1.0)
    prices = {"limit": 10.0} if kind == "LMT" else {"stop": 10.0}
    client.placeOrder(1, stock(), order(kind, "SELL" if kind == "STP" else "BUY", 5, **prices, **fields))
    client.after(1.0)
    return client


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (order("LMT", "SELL", 5, limit=10.0), 105),
        (order("STP", "BUY", 5, stop=900.0), 329),
        (order("LMT", "BUY", 5, limit=10.0, tif="GTC"), 462),
        (order("LMT", "BUY", 5, limit=10.005), 110),
        (order("LMT", "BUY", 0, limit=10.0), 434),
        (order("LMT", "BUY", 10_000_000, limit=10.0), 201),
    ],
)
def test_a_refused_change_leaves_the_order_as_it_was(change: Any, code: int) -> None:
    client = working()
    client.placeOrder(1, stock(), change)
    events = client.after(1.0)
    assert names(events) == ["error"] and errors(events) == [(1, code)]
    (order_now,) = client.tws.orders.working()
    assert (order_now.status, order_now.terms.limit_price) == ("Submitted", Decimal(10))


def test_another_contract_is_no_change() -> None:
    client = working()
    client.placeOrder(1, stock("MSFT"), order("LMT", "BUY", 5, limit=10.0))
    assert errors(client.after(1.0)) == [(1, 105)]


def test_another_account_is_no_change() -> None:
    client = OfficialClient(gateway(accounts=("DU1234567", "DU1234568")))
    client.after(1.0)
    for account in ("DU1234567", "DU1234568"):
        client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0, account=account))
    assert errors(client.after(1.0)) == [(1, 422)]


def test_a_stop_price_can_be_changed() -> None:
    client = working("STP")
    client.placeOrder(1, stock(), order("STP", "SELL", 5, stop=11.0))
    events = client.after(1.0)
    assert [each.auxPrice for _, _, each, _ in of(events, "openOrder")] == [11.0, 11.0]
    assert {arguments[9] for arguments in of(events, "orderStatus")} == {"trigger"}


def test_the_quantity_cannot_go_below_what_is_filled() -> None:
    client = OfficialClient(gateway(fill_delay=(1.0, 1.0)))
    client.after(1.0)
    client.placeOrder(1, stock(), order("MKT", "BUY", 250))
    client.after(1.5)
    client.placeOrder(1, stock(), order("MKT", "BUY", 50))
    assert errors(client.after(0.2)) == [(1, 201)]
    client.after(5.0)
    assert client.tws.accounts["DU1234567"].positions[265598].quantity == 250


def test_an_untransmitted_order_can_be_changed_before_it_goes() -> None:
    client = OfficialClient(gateway())
    client.after(1.0)
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0, transmit=False))
    client.placeOrder(1, stock(), order("LMT", "BUY", 6, limit=11.0, transmit=False))
    assert client.after(1.0) == []
    client.placeOrder(1, stock(), order("LMT", "BUY", 7, limit=12.0))
    shown = of(client.after(1.0), "openOrder")[-1][2]
    assert (shown.totalQuantity, shown.lmtPrice) == (Decimal(7), 12.0)


def test_a_change_to_immediate_or_cancel_is_allowed() -> None:
    client = working()
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0, tif="IOC"))
    client.after(1.0)
    assert [each.status for each in client.tws.orders] == ["Cancelled"]


@pytest.mark.parametrize("version", [176, 200, 203, 225])
def test_a_child_names_its_parent_by_perm_id(version: int) -> None:
    """In openOrder in protobuf only, in completedOrder in both."""
    client = OfficialClient(gateway(), version=version)
    client.after(1.0)
    client.placeOrder(1, stock(), order("LMT", "BUY", 1, limit=1.0, transmit=False))
    client.placeOrder(2, stock(), order("LMT", "SELL", 1, limit=900.0, parentId=1))
    events = client.after(1.0)
    perm_ids = {row[0]: row[2].permId for row in of(events, "openOrder")}
    parents = {row[0]: row[2].parentPermId for row in of(events, "openOrder")}
    assert parents == {1: 0, 2: perm_ids[1] if version >= 203 else 0}
    client.cancel(1)
    client.after(1.0)
    client.reqCompletedOrders(True)
    completed = {row[1].permId: row[1].parentPermId for row in of(client.take(), "completedOrder")}
    assert completed[perm_ids[2]] == perm_ids[1] != completed[perm_ids[1]]
