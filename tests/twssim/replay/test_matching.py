from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from twssim import requests as req
from twssim.contracts import ContractQuery
from twssim.order_terms import OrderTerms
from twssim.replay.matching import Matcher, differences
from twssim.replay.messages import Message
from twssim.replay.script import Asked, Script

AAPL, NVDA = ContractQuery(symbol="AAPL", sec_type="STK"), ContractQuery(symbol="NVDA", sec_type="STK")


def order(order_id: int, quantity: int = 1, contract: ContractQuery = AAPL) -> req.PlaceOrder:
    terms = OrderTerms(action="BUY", total_quantity=Decimal(quantity), order_type="MKT")
    return req.PlaceOrder(order_id, contract, terms)


def matcher(*requests: Any) -> Matcher:
    script = object.__new__(Script)
    nothing = Message(0, b"", False, b"")
    script.asked = [Asked(number, 0, nothing, request) for number, request in enumerate(requests)]
    return Matcher(script)


def number(of: Matcher, request: Any) -> int | None:
    found = of.match(request)
    return None if found is None else found.asked.number


def test_the_one_that_differs_least_is_taken() -> None:
    of = matcher(order(1, 5), order(2, 7))
    assert (number(of, order(10, 7)), number(of, order(11, 6))) == (1, 0)
    assert number(of, order(12, 5)) is None


def test_an_order_id_that_is_known_stays_with_its_order() -> None:
    of = matcher(order(1, 5), order(2, 5), order(2, 6), order(1, 6))
    assert [number(of, each) for each in (order(8, 5), order(9, 5), order(9, 6), order(8, 6))] == [0, 1, 2, 3]
    of = matcher(order(1), order(2), req.CancelOrder(1), req.CancelOrder(2))
    assert [number(of, each) for each in (order(8), order(9), req.CancelOrder(9), req.CancelOrder(8))] == [0, 1, 3, 2]
    assert number(of, order(8)) is None


def test_doubt_is_told() -> None:
    found = matcher(order(1, 5), order(2, 7)).match(order(10, 6))
    assert (
        found is not None
        and found.is_ambiguous
        and found.differences == ("total_quantity was Decimal('5'), is Decimal('6')",)
    )
    found = matcher(order(1, 5), order(2, 5)).match(order(10, 5))
    assert found is not None and not found.is_ambiguous


@pytest.mark.parametrize(
    ("recorded", "made", "is_same"),
    [
        (order(1), order(1, contract=NVDA), False),
        (req.RequestContractDetails(1, AAPL), req.RequestContractDetails(2, ContractQuery(con_id=265598)), True),
        (req.RequestContractDetails(1, AAPL), req.RequestMarketDataType(1), False),
        (req.RequestAccountUpdates(True, "DU1"), req.RequestAccountUpdates(True, "DU2"), False),
        (req.RequestAccountUpdates(True, "DU1"), req.RequestAccountUpdates(True, ""), True),
        (req.StartApi(1), req.StartApi(7), True),
    ],
)
def test_what_may_be_the_same(recorded: Any, made: Any, is_same: bool) -> None:
    assert (differences(recorded, made) is not None) is is_same


def test_what_was_asked_before_is_found_again() -> None:
    of = matcher(req.RequestPositions())
    assert of.earlier(req.RequestPositions()) is None
    of.match(req.RequestPositions())
    assert of.earlier(req.RequestPositions()) is not None
