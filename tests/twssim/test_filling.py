"""How orders fill: against the book, from the queue, in auctions, at once or not at all."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.twssim.official import OfficialClient, gateway, of, order, stock, story

AAPL = 265598
NEW_YORK = ZoneInfo("US/Eastern")


def at(clock: str) -> float:
    return datetime.fromisoformat(f"2026-11-24 {clock}").replace(tzinfo=NEW_YORK).timestamp()


def ready(**chosen: Any) -> OfficialClient:
    client = OfficialClient(gateway(**{"cash": Decimal(10**9), **chosen}))
    client.after(1.0)
    return client


def regular(clock: str) -> OfficialClient:
    return ready(now=at(clock), calendar="regular")


def quote(client: OfficialClient) -> Any:
    return client.tws.market.quote(AAPL, client.tws.now)


def fills(events: list[Any]) -> list[tuple[Decimal, float]]:
    return [(execution.shares, execution.price) for _, _, execution in of(events, "execDetails")]


def test_a_small_market_order_pays_the_quote_and_a_large_one_the_book_behind_it() -> None:
    client = ready(fill_delay=(0.0, 0.0))
    client.placeOrder(1, stock(), order("MKT", "BUY", 50_000))
    prices = [price for _, price in fills(client.after(0.2))]
    assert len(prices) == 4 and prices == sorted(prices) and prices[-1] >= prices[0] + 0.05


def test_a_large_limit_order_stops_where_the_book_leaves_its_limit() -> None:
    client = ready(fill_delay=(0.0, 0.0), ack_delay=(0.0, 0.0))
    limit = float(quote(client).ask + Decimal("0.01"))
    client.placeOrder(1, stock(), order("LMT", "BUY", 50_000, limit=limit))
    taken = fills(client.after(0.1))
    assert taken and all(price <= limit for _, price in taken)
    (working,) = client.tws.orders.working()
    assert working.remaining > 0


def test_immediate_or_cancel_takes_what_is_there_and_cancels_the_rest() -> None:
    client = ready(fill_delay=(0.0, 0.0), ack_delay=(0.0, 0.0))
    there = quote(client)
    client.placeOrder(1, stock(), order("LMT", "BUY", 50_000, limit=float(there.ask), tif="IOC"))
    events = client.after(1.0)
    assert sum(shares for shares, _ in fills(events)) == there.ask_size
    assert story(events)[-2:] == [f"status Cancelled {there.ask_size}/{50_000 - there.ask_size}", "error 202"]


@pytest.mark.parametrize(("quantity", "status"), [(1, "Filled"), (50_000, "Inactive")])
def test_fill_or_kill_is_one_fill_or_none(quantity: int, status: str) -> None:
    client = ready(fill_delay=(0.0, 0.0), ack_delay=(0.0, 0.0))
    client.placeOrder(1, stock(), order("LMT", "BUY", quantity, limit=float(quote(client).ask), tif="FOK"))
    assert len(fills(client.after(1.0))) == (status == "Filled")
    assert [each.status for each in client.tws.orders] == [status]


def test_all_or_none_is_one_fill_and_a_minimum_is_the_first() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("MKT", "BUY", 700, allOrNone=True))
    client.placeOrder(2, stock(), order("MKT", "BUY", 700, minQty=400))
    events = client.after(5.0)
    shares = {number: [e.shares for _, _, e in of(events, "execDetails") if e.orderId == number] for number in (1, 2)}
    assert shares[1] == [700] and shares[2][0] == 400 and sum(shares[2]) == 700


def test_a_limit_order_at_the_best_price_waits_for_its_turn_in_the_queue() -> None:
    client = ready(ack_delay=(0.0, 0.0))
    limit = float(quote(client).bid)
    client.placeOrder(1, stock(), order("LMT", "BUY", 300, limit=limit))
    events = client.after(900.0)
    taken = [execution for _, _, execution in of(events, "execDetails")]
    assert sum(each.shares for each in taken) == 300
    assert {each.price for each in taken} == {limit} and {each.lastLiquidity for each in taken} == {1}


def test_an_order_behind_the_best_price_is_not_filled_by_trades_at_it() -> None:
    client = ready(ack_delay=(0.0, 0.0))
    client.placeOrder(1, stock(), order("LMT", "BUY", 300, limit=round(float(quote(client).bid) * 0.9, 2)))
    assert fills(client.after(900.0)) == []


def test_market_to_limit_leaves_a_limit_order_at_its_first_price() -> None:
    client = ready(fill_delay=(0.5, 0.5), ack_delay=(0.0, 0.0))
    client.placeOrder(1, stock(), order("MTL", "BUY", 250))
    (first,) = fills(client.after(0.6))
    client.tws.market.shift(AAPL, Decimal("1.1"), client.tws.now)
    assert fills(client.after(5.0)) == []
    client.reqOpenOrders()
    ((_, _, shown, _),) = of(client.take(), "openOrder")
    assert (shown.orderType, shown.lmtPrice, shown.filledQuantity) == ("MTL", first[1], shown.filledQuantity)


@pytest.mark.parametrize("kind", ["MIDPRICE", "PEG MID", "SNAP MID"])
def test_an_order_at_the_middle_trades_between_bid_and_ask(kind: str) -> None:
    client = ready()
    client.placeOrder(1, stock(), order(kind, "BUY", 5))
    ((_, price),) = fills(client.after(5.0))
    there = client.tws.market.quote(AAPL, client.tws.orders.executions[0].time)
    assert price == float((there.bid + there.ask) / 2)


def test_a_relative_order_trades_at_the_own_side_of_the_market() -> None:
    client = ready()
    client.placeOrder(1, stock(), order("REL", "SELL", 5))
    ((_, price),) = fills(client.after(900.0))
    there = client.tws.market.quote(AAPL, client.tws.orders.executions[0].time)
    assert price == float(there.ask)


@pytest.mark.parametrize(("kind", "fields"), [("MKT", {"tif": "OPG"}), ("LMT", {"tif": "OPG", "limit": 900.0})])
def test_an_order_for_the_opening_trades_in_its_auction(kind: str, fields: dict[str, Any]) -> None:
    client = regular("08:00")
    client.placeOrder(1, stock(), order(kind, "BUY", 500, **fields))
    assert story(client.after(3600.0)) == ["error 399", *["open PreSubmitted", "status PreSubmitted 0/500"] * 2]
    ((_, price),) = fills(client.after(3600.0))
    assert client.tws.orders.executions[0].time == at("09:30")
    assert price == float(client.tws.market.quote(AAPL, at("09:30")).last)


@pytest.mark.parametrize(("kind", "fields"), [("MOC", {}), ("LOC", {"limit": 1.0})])
def test_an_order_for_the_close_trades_in_its_auction(kind: str, fields: dict[str, Any]) -> None:
    client = regular("10:00")
    client.placeOrder(1, stock(), order(kind, "SELL", 500, **fields))
    assert fills(client.after(5 * 3600.0)) == []
    ((shares, price),) = fills(client.after(2 * 3600.0))
    assert (shares, price) == (500, float(client.tws.market.quote(AAPL, at("16:00")).last))


def test_what_an_auction_leaves_out_is_cancelled() -> None:
    client = regular("08:00")
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=1.0, tif="OPG"))
    client.placeOrder(2, stock(), order("LOC", "BUY", 5, limit=1.0))
    client.after(2 * 3600.0)
    assert [each.status for each in client.tws.orders] == ["Cancelled", "PreSubmitted"]
    client.after(8 * 3600.0)
    assert [each.status for each in client.tws.orders] == ["Cancelled", "Cancelled"]
