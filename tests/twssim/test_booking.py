"""One fill in the books."""

from __future__ import annotations

from decimal import Decimal

from tests.twssim.official import gateway
from twssim.booking import book
from twssim.order import Order
from twssim.order_terms import OrderTerms


def test_a_fill_moves_order_position_cash_and_list_together() -> None:
    tws = gateway()
    instrument = tws.universe.by_con_id(265598)
    assert instrument is not None
    terms = OrderTerms(action="SELL", total_quantity=Decimal(300), order_type="MKT", order_ref="r")
    order = Order(client_id=1, order_id=7, perm_id=9, account="DU1234567", instrument=instrument, terms=terms)
    [first] = book(tws, order, Decimal(100), Decimal(200))
    assert (order.status, order.filled, order.remaining) == ("Submitted", 100, 200)
    [second] = book(tws, order, Decimal(200), Decimal(203))
    assert (order.status, order.avg_fill_price, order.last_fill_price) == ("Filled", Decimal(202), Decimal(203))
    assert [first.commission, second.commission] == [Decimal(1), Decimal("0.500")]
    assert (second.side, second.cum_qty, second.avg_price, second.order_ref) == ("SLD", 300, Decimal(202), "r")
    assert (first.realized_pnl, second.exec_id > first.exec_id) == (None, True)
    account = tws.accounts["DU1234567"]
    assert account.positions[265598].quantity == -300
    assert account.cash["USD"] == Decimal(60_600) - Decimal("1.5")
    assert tws.orders.executions == [first, second]


def test_fills_happen_at_a_real_exchange() -> None:
    tws = gateway()
    instrument = tws.universe.by_con_id(265598)
    assert instrument is not None and instrument.exchange == "SMART"
    terms = OrderTerms(action="BUY", total_quantity=Decimal(1), order_type="MKT")
    order = Order(client_id=1, order_id=7, perm_id=9, account="DU1234567", instrument=instrument, terms=terms)
    [fill] = book(tws, order, Decimal(1), Decimal(200))
    assert fill.exchange == "NASDAQ"
