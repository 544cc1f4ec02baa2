from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.limits.rig import LMT, MKT, LimitRig
from tests.core.rig import CONTRACT
from twsbridge.protocol.contract import ComboLeg
from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core.limits.terms import Limits

CORN = Contract(con_id=11, symbol="ZC", sec_type="FUT", exchange="CBOT", currency="USD", multiplier="5000")
CALL = Contract(con_id=12, symbol="AAPL", sec_type="OPT", exchange="SMART", currency="USD", multiplier="100")
PUT = Contract(con_id=13, symbol="AAPL", sec_type="OPT", exchange="SMART", currency="USD", multiplier="100")
LEGS = (ComboLeg(con_id=12, ratio=1, action="BUY"), ComboLeg(con_id=13, ratio=2, action="SELL"))
SPREAD = Contract(symbol="AAPL", sec_type="BAG", exchange="SMART", currency="USD", combo_legs=LEGS)
ONE = LMT.model_copy(update={"quantity": Decimal(1), "limit_price": 0.1})


def sized(size: int, **more: object) -> Order:
    return LMT.model_copy(update={"quantity": Decimal(size), **more})


def test_prices_in_cents_are_divided_where_the_contract_is_known() -> None:
    rig = LimitRig(Limits(max_notional=Decimal(30_000)))
    order = sized(1, limit_price=450.0)
    assert rig.order("k1", order, CORN) == "limit.notional"
    rig.contracts._cache.met(CORN, 100)
    assert [rig.order("k2", order, CORN), rig.order("k3", sized(2, limit_price=450.0), CORN)] == [
        "ok",
        "limit.notional",
    ]


def test_a_negative_price_costs_as_much_as_a_positive_one() -> None:
    rig = LimitRig(Limits(max_notional=Decimal(1000)))
    assert rig.order("k1", sized(1, limit_price=-1.0), CORN) == "limit.notional"


@pytest.mark.parametrize("order_type", ["VOL", "REL", "PEG MKT"])
def test_a_limit_that_holds_nothing_is_no_price(order_type: str) -> None:
    order = sized(5, order_type=order_type, limit_price=0.0)
    assert LimitRig(Limits(max_notional=Decimal(1000))).order("k1", order) == "limit.no_price"
    assert LimitRig(Limits(market_without_price=False)).order("k2", order) == "limit.no_price"


def test_a_combo_is_worth_its_legs_added_up_bought_and_sold_alike() -> None:
    rig = LimitRig(Limits(max_notional=Decimal(999)))
    assert rig.order("k1", ONE, SPREAD) == "limit.no_price"
    rig.quote(3.9, 4.0, CALL)
    assert rig.order("k2", ONE, SPREAD) == "limit.no_price"
    rig.quote(2.9, 3.0, PUT)
    assert rig.order("k3", ONE, SPREAD) == "limit.notional"
    rig.limit(Limits(max_notional=Decimal(1000)))
    assert rig.order("k4", ONE, SPREAD) == "ok"


def test_a_combo_moves_the_positions_of_its_legs() -> None:
    rig = LimitRig(Limits(max_position=Decimal(4)))
    rig.contracts._cache.met(CALL)
    rig.contracts._cache.met(PUT)
    assert [rig.order("k1", ONE, SPREAD), rig.order("k2", sized(3), CALL)] == ["ok", "ok"]
    assert rig.order("k3", sized(1), CALL) == "limit.position"
    assert rig.order("k4", sized(4), PUT) == "ok"
    assert rig.order("k5", sized(3, action="SELL"), PUT) == "limit.position"
    assert rig.order("k6", ONE, SPREAD) == "limit.position"


def test_an_open_combo_counts_for_gross_exposure_at_the_price_of_its_legs() -> None:
    rig = LimitRig()
    assert rig.order("k1", ONE, SPREAD) == "ok"
    rig.limit(Limits(max_gross=Decimal(1400)))
    assert rig.order("k2") == "limit.no_price"
    rig.quote(3.9, 4.0, CALL)
    rig.quote(2.9, 3.0, PUT)
    assert [rig.order("k3", sized(4)), rig.order("k4", sized(1))] == ["ok", "limit.gross"]


def test_an_order_from_before_the_limits_counts_at_what_it_names_or_nothing_is_taken() -> None:
    rig = LimitRig()
    rig.order("k1")
    record = rig.orders.by_order_id(1)
    assert record is not None
    record.reserved_price = 0.0
    rig.limit(Limits(max_gross=Decimal(999)))
    assert rig.order("k2") == "limit.gross"
    rig = LimitRig()
    rig.order("k1", MKT, CALL)
    rig.limit(Limits(max_gross=Decimal(999)))
    assert rig.order("k2", sized(1)) == "limit.no_price"


def test_what_is_held_is_worth_what_the_market_says_if_that_is_more() -> None:
    rig = LimitRig(Limits(max_gross=Decimal(1000)))
    rig.hold(5, cost=50.0)
    assert rig.order("k1", sized(1, limit_price=50.0)) == "ok"
    rig.quote(199.0, 200.0, CONTRACT)
    assert rig.order("k2", sized(1, limit_price=50.0)) == "limit.gross"
