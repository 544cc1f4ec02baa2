"""Fills: partial, at limits, after triggers, and never more than was ordered."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twssim.official import OfficialClient, gateway, of, order, stock, story

AAPL = 265598


def ready(**chosen: Any) -> OfficialClient:
    client = OfficialClient(gateway(**chosen))
    client.after(1.0)
    return client


def move(client: OfficialClient, factor: str) -> None:
    client.tws.market.shift(AAPL, Decimal(factor), client.tws.now)


def last(client: OfficialClient) -> float:
    return float(client.tws.market.quote(AAPL, client.tws.now).last)


def test_a_large_order_fills_in_parts_that_add_up() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("MKT", "BUY", 250))
    events = client.after(3.0)
    shares = [execution.shares for _, _, execution in of(events, "execDetails")]
    assert shares == [100, 100, 50]
    assert [execution.cumQty for _, _, execution in of(events, "execDetails")] == [100, 200, 250]
    statuses = [arguments[1:4] for arguments in of(events, "orderStatus")]
    assert ("Submitted", Decimal(100), Decimal(150)) in statuses
    assert statuses[-1] == ("Filled", Decimal(250), Decimal(0))
    fees = [report.commissionAndFees for (report,) in of(events, "commissionAndFeesReport")]
    assert sum(fees) == pytest.approx(1.25) and len(fees) == 3


def test_a_resting_order_fills_at_its_limit_when_the_market_reaches_it() -> None:
    client = ready()
    limit = round(last(client) * 0.95, 2)
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=limit))
    client.after(5.0)
    move(client, "0.9")
    ((_, _, execution),) = of(client.after(2.0), "execDetails")
    assert (execution.price, execution.lastLiquidity) == (limit, 1)


@pytest.mark.parametrize(("action", "distance", "factor"), [("SELL", 0.95, "0.9"), ("BUY", 1.05, "1.1")])
def test_a_stop_is_elected_by_the_last_price_and_fills_at_the_market(action: str, distance: float, factor: str) -> None:
    client = ready()
    client.placeOrder(1, stock(), order("STP", action, 5, stop=round(last(client) * distance, 2)))
    assert "exec 5" not in story(client.after(5.0))
    move(client, factor)
    ((_, _, execution),) = of(client.after(2.0), "execDetails")
    quote = client.tws.market.quote(AAPL, client.tws.orders.executions[0].time)
    assert execution.price == float(quote.bid if action == "SELL" else quote.ask)


def test_a_stop_limit_becomes_a_limit_order() -> None:
    client = ready()
    stop = round(last(client) * 0.95, 2)
    client.placeOrder(1, stock(), order("STP LMT", "SELL", 5, stop=stop, limit=stop))
    client.after(1.0)
    move(client, "0.9")
    assert story(client.after(2.0)) == ["open Submitted", "status Submitted 0/5"]
    move(client, "1.2")
    ((_, _, execution),) = of(client.after(2.0), "execDetails")
    assert execution.price == stop


def test_a_partial_fill_rests_when_the_market_leaves_the_limit() -> None:
    client = ready(fill_delay=(0.2, 0.2))
    client.placeOrder(1, stock(), order("LMT", "BUY", 250, limit=round(last(client) + 1, 2)))
    client.after(0.3)
    move(client, "1.1")
    client.after(5.0)
    (resting,) = client.tws.orders.working()
    assert (resting.status, resting.filled, resting.remaining) == ("Submitted", Decimal(100), Decimal(150))
    client.cancel(1)
    assert story(client.after(1.0))[-2:] == ["status Cancelled 100/150", "error 202"]


def test_immediate_or_cancel_and_fill_or_kill() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0, tif="IOC"))
    client.placeOrder(2, stock(), order("LMT", "BUY", 5, limit=10.0, tif="FOK"))
    told = story(client.after(2.0))
    assert [line for line in told if "PendingCancel" in line][:1] == ["open PendingCancel"]
    assert [each.status for each in client.tws.orders] == ["Cancelled", "Inactive"]


def test_one_fill_cancels_the_rest_of_its_group() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0, ocaGroup="g", ocaType=1))
    client.placeOrder(2, stock(), order("LMT", "BUY", 5, limit=11.0))
    client.after(1.0)
    client.placeOrder(3, stock(), order("MKT", "BUY", 5, ocaGroup="g", ocaType=1))
    client.after(2.0)
    assert [each.status for each in client.tws.orders] == ["Cancelled", "Submitted", "Filled"]


def test_nothing_is_looked_at_when_no_order_works() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    client.after(5.0)
    assert client.tws.scheduler.next_due() is None


orders = st.lists(
    st.tuples(
        st.sampled_from(["MKT", "LMT", "STP"]),
        st.sampled_from(["BUY", "SELL"]),
        st.integers(1, 600),
        st.integers(-300, 300),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40)
@given(orders=orders, seed=st.integers(1, 1000))
def test_whatever_is_ordered_fills_cash_and_positions_agree(orders: list[tuple[Any, ...]], seed: int) -> None:
    """The account is exactly the sum of its executions, and no order fills more than it asked for."""
    client = ready(seed=seed, cash=Decimal(10_000_000))
    for order_id, (kind, action, quantity, cents, cancelled) in enumerate(orders, start=1):
        price = round(last(client) + cents / 100, 2)
        client.placeOrder(order_id, stock(), order(kind, action, quantity, limit=price, stop=price))
        client.after(0.3)
        if cancelled:
            client.cancel(order_id)
    client.after(30.0)
    account, fills = client.tws.accounts["DU1234567"], client.tws.orders.executions
    signed = [(each.shares if each.side == "BOT" else -each.shares, each) for each in fills]
    spent = sum((shares * each.price + each.commission for shares, each in signed), Decimal(0))
    assert account.cash.get("USD", Decimal(0)) == -spent
    position = account.positions.get(AAPL)
    assert (position.quantity if position else 0) == sum(shares for shares, _ in signed)
    realized = sum((each.realized_pnl or Decimal(0) for each in fills), Decimal(0))
    assert abs((position.realized_pnl if position else 0) - realized) < Decimal("0.0001")
    for each in client.tws.orders:
        filled = sum((fill.shares for fill in fills if fill.perm_id == each.perm_id), Decimal(0))
        assert filled == each.filled <= each.terms.total_quantity
        assert (each.status == "Filled") == (filled == each.terms.total_quantity)
    assert len({each.exec_id for each in fills}) == len(fills)


def new_york(clock: str) -> float:
    return datetime.fromisoformat(f"2026-11-24 {clock}").replace(tzinfo=ZoneInfo("US/Eastern")).timestamp()


def test_orders_end_with_the_day_at_their_date_or_not_at_all() -> None:
    client = ready(now=new_york("11:00"), calendar="regular", tick_interval=30.0)
    far: dict[str, Any] = {"limit": 10.0}
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, **far))
    client.placeOrder(2, stock(), order("LMT", "BUY", 5, tif="GTD", goodTillDate="20261124 17:30:00 GMT", **far))
    client.placeOrder(3, stock(), order("LMT", "BUY", 5, tif="GTC", **far))
    client.placeOrder(4, stock(), order("LMT", "BUY", 5, outsideRth=True, **far))
    client.after(3600.0)
    assert story(client.after(3600.0)) == ["status Cancelled 0/5", "error 202"]
    ended = {each.order_id: each.done_time for each in client.tws.orders}
    assert ended == {1: None, 2: new_york("12:30"), 3: None, 4: None}
    client.after(24 * 3600.0)
    ended = {each.order_id: each.done_time for each in client.tws.orders}
    assert ended == {1: new_york("16:00"), 2: new_york("12:30"), 3: None, 4: new_york("20:00")}


def test_that_an_order_ends_may_come_without_a_notice() -> None:
    client = ready(now=new_york("15:59"), calendar="regular", expiry_notice=False)
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0, transmit=False))
    client.placeOrder(2, stock(), order("LMT", "SELL", 5, limit=900.0, parentId=1))
    client.after(1.0)
    assert story(client.after(60.0)) == ["status Cancelled 0/5"] * 2


def test_an_order_of_yesterday_ends_when_the_simulator_comes_back() -> None:
    client = ready(now=new_york("11:00"), calendar="regular")
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    client.after(1.0)
    again = gateway(client.tws.now + 86_400.0, client.tws.ledger.records, calendar="regular")
    again.advance(again.now + 1.0)
    assert [each.status for each in again.orders] == ["Cancelled"]


def test_good_after_time_holds_an_order_back() -> None:
    client = ready(now=new_york("11:00"), calendar="regular")
    client.placeOrder(1, stock(), order("MKT", "BUY", 5, goodAfterTime="20261124 12:00:00 US/Eastern"))
    assert "exec 5" not in story(client.after(3500.0))
    assert "exec 5" in story(client.after(200.0))


def test_nothing_is_looked_at_while_the_exchange_is_closed() -> None:
    client = ready(now=new_york("20:30"), calendar="regular")
    client.placeOrder(1, stock(), order("MKT", "BUY", 5, tif="GTC"))
    client.after(1.0)
    assert client.tws.scheduler.next_due() == new_york("09:30") + 86_400


def test_a_trailing_stop_is_shown_where_it_stands_and_fills_when_the_market_turns() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("TRAIL", "SELL", 5, trailingPercent=2.0))
    client.after(1.0)
    move(client, "1.1")
    client.after(1.0)
    client.reqOpenOrders()
    ((_, _, shown, _),) = of(client.take(), "openOrder")
    assert shown.trailingPercent == 2.0 and shown.trailStopPrice == pytest.approx(last(client) * 0.98, rel=0.002)
    again = OfficialClient(gateway(client.tws.now + 1.0, client.tws.ledger.records))
    assert again.tws.orders.working()[0].terms.text("trail_stop_price") == f"{shown.trailStopPrice:.2f}"
    move(client, "0.95")
    ((_, _, execution),) = of(client.after(2.0), "execDetails")
    assert execution.price < shown.trailStopPrice


def test_a_reducing_group_gives_up_what_one_of_it_has_filled() -> None:
    client = ready(fill_delay=(0.5, 0.5))
    client.placeOrder(1, stock(), order("LMT", "BUY", 250, limit=10.0, ocaGroup="g", ocaType=3))
    client.after(1.0)
    client.placeOrder(2, stock(), order("MKT", "BUY", 250, ocaGroup="g", ocaType=3))
    client.after(0.7)
    assert [each.terms.total_quantity for each in client.tws.orders] == [150, 250]
    client.after(5.0)
    assert [each.status for each in client.tws.orders] == ["Cancelled", "Filled"]


@pytest.mark.parametrize(("oca_type", "at_work"), [(1, 1), (2, 1), (3, 2)])
def test_a_group_with_block_has_one_order_at_the_exchange_at_a_time(oca_type: int, at_work: int) -> None:
    client = ready(fill_delay=(0.5, 0.5), ack_delay=(0.0, 0.0))
    for number in (1, 2):
        wanted = order("MKT", "BUY", 250, ocaGroup="g", ocaType=oca_type, allOrNone=True)
        client.placeOrder(number, stock(), wanted)
    client.after(0.4)
    assert sum(each.filling for each in client.tws.orders) == at_work
    client.after(5.0)
    assert sorted(int(each.filled) for each in client.tws.orders) == [0, 250]


def test_shares_that_are_hard_to_borrow_are_located_first() -> None:
    client = ready(hard_to_borrow=("AAPL",), locate_seconds=10.0)
    client.placeOrder(1, stock(), order("MKT", "SELL", 5))
    events = client.after(5.0)
    assert story(events) == ["error 404", *["open PreSubmitted", "status PreSubmitted 0/5"] * 2]
    assert {arguments[9] for arguments in of(events, "orderStatus")} == {"locate"}
    assert "exec 5" in story(client.after(10.0))
    client.placeOrder(2, stock(), order("MKT", "BUY", 5))
    assert "error 404" not in story(client.after(5.0))
