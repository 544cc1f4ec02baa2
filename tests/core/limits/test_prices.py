from __future__ import annotations

import pytest

from tests.core.limits.rig import LMT, MKT, LimitRig
from tests.core.rig import CONTRACT
from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core.limits.prices import FRESH_US, Prices, Reference, beyond, worth


def test_the_span_of_bid_and_ask_while_it_is_fresh() -> None:
    rig = LimitRig()
    prices = Prices(rig.lines)
    assert prices.reference(CONTRACT, rig.now) is None
    rig.quote(99.0, 101.0)
    named = Contract(symbol="AAPL", sec_type="STK", currency="USD")
    assert prices.reference(CONTRACT, rig.now) == prices.reference(named, rig.now) == Reference(99.0, 101.0)
    assert prices.reference(CONTRACT, rig.now + FRESH_US) is None
    rig.lines.lost("gone", rig.now)
    assert prices.reference(CONTRACT, rig.now) is None


@pytest.mark.parametrize(
    ("order", "reference", "price"),
    [
        (LMT, None, 100.0),
        (LMT, Reference(150.0, 160.0), 160.0),
        (MKT, None, None),
        (MKT, Reference(90.0, 95.0), 95.0),
        (Order(action="BUY", order_type="STP", stop_price=120.0), None, 120.0),
        (Order(action="BUY", order_type="TRAIL", stop_price=0.5), None, None),
        (Order(action="BUY", order_type="LMT", limit_price=-3.0), None, 3.0),
    ],
)
def test_what_a_unit_may_cost(order: Order, reference: Reference | None, price: float | None) -> None:
    assert worth(order, reference) == price


@pytest.mark.parametrize(
    ("action", "price", "percent"),
    [("BUY", 110.0, 10.0), ("BUY", 105.0, None), ("BUY", 50.0, None), ("SELL", 81.0, 10.0), ("SELL", 200.0, None)],
)
def test_only_the_losing_side_is_beyond(action: str, price: float, percent: float | None) -> None:
    order = LMT.model_copy(update={"action": action, "limit_price": price})
    assert beyond(order, Reference(90.0, 100.0), 5.0) == percent
