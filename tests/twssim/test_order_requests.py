"""Orders and executions as a client asks for them: ownership, ids, lists, cancels."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.twssim.official import OfficialClient, errors, gateway, names, of, order, stock

pytestmark = pytest.mark.usefixtures("every_profile")


def ready(client_id: int = 1, **settings: Any) -> OfficialClient:
    client = OfficialClient(gateway(**settings), client_id)
    client.after(1.0)
    return client


def another(client: OfficialClient, client_id: int) -> OfficialClient:
    other = OfficialClient(client.tws, client_id)
    other.after(1.0)
    return other


def test_cancelling_an_unknown_order_is_10147_alone() -> None:
    client = ready()
    client.cancel(99)
    events = client.after(2.0)
    assert names(events) == ["error"] and errors(events) == [(99, 10147)]
    assert of(events, "error")[0][3] == "OrderId 99 that needs to be cancelled is not found."


def test_cancelling_a_finished_order_is_10148_with_its_state() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    client.after(2.0)
    client.cancel(1)
    ((order_id, _, code, text, _),) = of(client.after(1.0), "error")
    assert (order_id, code) == (1, 10148) and text.endswith("state: Filled.")


def test_cancelling_twice_is_10148() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    client.after(1.0)
    client.cancel(1)
    client.cancel(1)
    assert errors(client.after(1.0)) == [(1, 10148), (1, 202)]


def test_an_order_cancelled_before_it_is_acknowledged_never_works() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    client.cancel(1)
    events = client.after(2.0)
    assert [arguments[1] for arguments in of(events, "orderStatus")][-1] == "Cancelled"
    assert client.tws.orders.executions == []


def test_only_the_client_that_placed_an_order_can_cancel_it() -> None:
    client = ready()
    other = another(client, 2)
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    client.after(1.0)
    other.cancel(1)
    assert errors(other.after(1.0)) == [(1, 10147)]
    assert len(client.tws.orders.working()) == 1


def test_a_switch_lets_clients_cancel_each_others_orders() -> None:
    client = ready(cross_client_cancel=True)
    other = another(client, 2)
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    client.after(1.0)
    other.cancel(1)
    assert (1, 202) in errors(client.after(1.0))


def test_open_orders_are_those_of_the_client_all_open_orders_those_of_all() -> None:
    client = ready()
    other = another(client, 2)
    for each, order_id in ((client, 1), (client, 2), (other, 1)):
        each.placeOrder(order_id, stock(), order("LMT", "BUY", 5, limit=10.0))
        each.after(1.0)
    other.take()
    other.reqOpenOrders()
    other.reqAllOpenOrders()
    events = other.take()
    assert names(events) == [
        "openOrder",
        "orderStatus",
        "openOrderEnd",
        *["openOrder", "orderStatus"] * 3,
        "openOrderEnd",
    ]
    assert [(shown.clientId, order_id) for order_id, _, shown, _ in of(events, "openOrder")[1:]] == [
        (1, 1),
        (1, 2),
        (2, 1),
    ]


def test_finished_orders_are_not_open() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    client.after(2.0)
    client.reqOpenOrders()
    assert names(client.take()) == ["openOrderEnd"]


def test_only_client_zero_may_bind_manual_orders() -> None:
    client = ready(client_id=5)
    client.reqAutoOpenOrders(True)
    assert errors(client.take()) == [(-1, 327)]
    zero = another(client, 0)
    zero.reqAutoOpenOrders(True)
    assert zero.after(1.0) == []


def test_a_global_cancel_ends_the_orders_of_every_client() -> None:
    client = ready()
    other = another(client, 2)
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    other.placeOrder(1, stock("MSFT"), order("STP", "SELL", 5, stop=10.0))
    client.after(1.0)
    client.cancel_all()
    assert errors(client.after(1.0)) == [(1, 202)]
    assert (1, 202) in errors(other.take())
    assert client.tws.orders.working() == []


def test_order_ids_belong_to_their_client_and_only_grow() -> None:
    client = ready()
    other = another(client, 2)
    client.placeOrder(7, stock(), order("LMT", "BUY", 5, limit=10.0))
    client.after(1.0)
    for each, expected in ((client, 8), (other, 1)):
        each.reqIds(-1)
        assert of(each.take(), "nextValidId") == [(expected,)]
    client.placeOrder(6, stock(), order("MKT", "BUY", 5))
    assert errors(client.after(1.0)) == [(6, 103)]


def test_the_id_of_a_finished_order_cannot_be_used_again() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    client.placeOrder(2, stock(), order("LMT", "BUY", 5, limit=10.0))
    client.after(2.0)
    client.cancel(2)
    client.after(1.0)
    for order_id in (1, 2):
        client.placeOrder(order_id, stock(), order("MKT", "BUY", 5))
    events = client.after(2.0)
    assert names(events) == ["error", "error"] and errors(events) == [(1, 104), (2, 103)]
    assert client.tws.accounts["DU1234567"].positions[265598].quantity == Decimal(5)


def test_a_refused_order_does_not_use_up_its_id() -> None:
    client = ready()
    client.placeOrder(1, stock("NOSUCH"), order("MKT", "BUY", 5))
    assert errors(client.after(1.0)) == [(1, 200)]
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    assert names(client.after(1.0))[:2] == ["openOrder", "orderStatus"]
