"""A simulator that starts with the ledger of an earlier one carries on where that stopped."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibapi import order_condition
from ibapi.execution import ExecutionFilter
from ibapi.tag_value import TagValue

from tests.twssim.official import OfficialClient, gateway, names, of, order, stock, story
from twssim.gateway import Gateway

AAPL = 265598


def restarted(tws: Gateway, **chosen: Any) -> Gateway:
    return gateway(tws.now + 60.0, tws.ledger.records, **chosen)


def state(tws: Gateway) -> list[object]:
    """Everything that must survive."""
    account = tws.accounts["DU1234567"]
    holdings = [(con_id, held.quantity, held.cost, held.realized_pnl) for con_id, held in account.positions.items()]
    orders = [
        (
            each.client_id,
            each.order_id,
            each.perm_id,
            each.status,
            each.why_held,
            each.filled,
            each.fill_value,
            each.terms,
        )
        for each in tws.orders
    ]
    ids = [tws.orders.next_valid_id(client_id) for client_id in (1, 2)]
    return [account.cash, holdings, orders, tws.orders.executions, ids]


def busy() -> OfficialClient:
    client = OfficialClient(gateway())
    client.after(1.0)
    client.placeOrder(1, stock(), order("MKT", "BUY", 250, orderRef="one"))
    client.after(5.0)
    client.placeOrder(2, stock(), order("MKT", "SELL", 50))
    client.placeOrder(3, stock(), order("LMT", "BUY", 5, limit=10.0, orderRef="resting"))
    client.placeOrder(4, stock(), order("STP", "SELL", 5, stop=10.0))
    client.placeOrder(5, stock(), order("LMT", "BUY", 5, limit=11.0))
    client.after(5.0)
    client.cancel(5)
    client.placeOrder(3, stock(), order("LMT", "BUY", 6, limit=12.0, orderRef="resting"))
    client.after(5.0)
    return client


def test_everything_survives() -> None:
    tws = busy().tws
    again = restarted(tws)
    assert state(again) == state(tws)
    assert state(restarted(again)) == state(tws)


def test_working_orders_go_on_working() -> None:
    client = OfficialClient(restarted(busy().tws))
    client.after(1.0)
    client.reqOpenOrders()
    shown = {
        order_id: (each.orderRef, float(each.totalQuantity)) for order_id, _, each, _ in of(client.take(), "openOrder")
    }
    assert shown == {3: ("resting", 6.0), 4: ("", 5.0)}
    client.tws.market.shift(AAPL, Decimal("0.03"), client.tws.now)
    filled = {execution.orderId for _, _, execution in of(client.after(5.0), "execDetails")}
    assert filled == {3, 4}


def test_fills_of_the_day_can_still_be_asked_for_and_new_ones_have_new_ids() -> None:
    client = OfficialClient(restarted(busy().tws))
    client.after(1.0)
    client.placeOrder(6, stock(), order("MKT", "BUY", 5))
    client.after(5.0)
    client.reqExecutions(9, ExecutionFilter())
    fills = [execution.execId for _, _, execution in of(client.after(1.0), "execDetails")]
    assert len(fills) == len(set(fills)) == 5
    assert len({each.perm_id for each in client.tws.orders}) == 6
    client.reqCompletedOrders(False)
    assert len(of(client.take(), "completedOrder")) == 4


def test_an_order_that_was_not_acknowledged_yet_is_acknowledged_now() -> None:
    client = OfficialClient(gateway())
    client.after(1.0)
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    again = OfficialClient(restarted(client.tws))
    assert story(again.after(3.0))[:2] == ["open PreSubmitted", "status PreSubmitted 0/5"]
    assert again.tws.accounts["DU1234567"].positions[AAPL].quantity == 5


def test_a_cancel_that_was_under_way_is_finished() -> None:
    client = OfficialClient(gateway(cancel_delay=60.0))
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    client.after(1.0)
    client.cancel(1)
    again = restarted(client.tws)
    again.advance(again.now + 5.0)
    assert [each.status for each in again.orders] == ["Cancelled"]


def test_what_was_not_transmitted_is_lost() -> None:
    client = OfficialClient(gateway())
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0, transmit=False))
    again = restarted(client.tws)
    assert list(again.orders) == [] and again.orders.next_valid_id(1) == 2


def test_an_order_keeps_every_attribute() -> None:
    client = OfficialClient(gateway())
    wanted = order("LMT", "BUY", 5, limit=10.0, algoStrategy="Vwap", hedgeType="B", hedgeParam="1", ocaGroup="g")
    wanted.algoParams = [TagValue("a", "b")]
    wanted.conditions = [order_condition.TimeCondition(True, "20261124 20:00:00 US/Eastern")]
    client.placeOrder(1, stock(), wanted)
    before = state(client.tws)
    assert state(restarted(client.tws)) == before


@pytest.mark.parametrize("wrong", [{"accounts": ("DU7654321",)}, {"currency": "USD"}])
def test_the_ledger_of_other_accounts_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="the ledger belongs to DU1234567 in GBP"):
        restarted(gateway(), **wrong)


def test_the_cash_of_the_first_run_counts() -> None:
    assert restarted(gateway(cash=Decimal(500)), cash=Decimal(9)).accounts["DU1234567"].cash == {"GBP": Decimal(500)}


def test_rejections_keep_their_reason() -> None:
    client = OfficialClient(gateway())
    client.placeOrder(1, stock(), order("MKT", "BUY", 1_000_000))
    client.after(1.0)
    again = OfficialClient(restarted(client.tws))
    again.reqCompletedOrders(False)
    events = again.take()
    assert names(events)[-2:] == ["completedOrder", "completedOrdersEnd"]
    assert "YOUR ORDER IS NOT ACCEPTED" in of(events, "completedOrder")[0][2].completedStatus


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(["BUY", "SELL"]), st.integers(1, 400), st.floats(0, 2)), max_size=6))
def test_a_restart_at_any_moment_loses_nothing(trades: list[tuple[str, int, float]]) -> None:
    client = OfficialClient(gateway(cash=Decimal(10_000_000)))
    for order_id, (action, quantity, pause) in enumerate(trades, start=1):
        client.placeOrder(order_id, stock(), order("MKT", action, quantity))
        client.after(pause)
    again = restarted(client.tws)
    assert state(again) == state(client.tws)
    again.advance(again.now + 30.0)
    assert all(each.status == "Filled" for each in again.orders)
