from __future__ import annotations

import ibapi.order_condition as official
from hypothesis import given

from tests.protocol.strategies import SAID_TO_IB, of_type
from twsbridge.protocol.order_conditions import Condition, PriceCondition
from twsbridge_server.tws.order_conditions import PAIRS, condition_to_tws, conditions_from_tws


@given(of_type(Condition, SAID_TO_IB))
def test_there_and_back(condition: Condition) -> None:
    assert conditions_from_tws([condition_to_tws(condition)]) == (condition,)


def test_every_kind_that_ibapi_can_make_is_known() -> None:
    made = {type(official.Create(kind)) for kind in range(20)} - {type(None)}
    assert made == set(PAIRS.values())


def test_the_way_a_condition_is_joined_to_the_next() -> None:
    condition = PriceCondition(conjunction="or", con_id=1, exchange="SMART", is_more=True, price=2.5)
    assert condition_to_tws(condition).isConjunctionConnection is False
