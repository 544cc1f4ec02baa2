"""What follows from the facts of an order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.twssim.test_matching import an_order
from twssim.order import CANCELLED, FILLED, INACTIVE, PENDING_CANCEL, PENDING_SUBMIT, PRE_SUBMITTED, SUBMITTED


def test_remaining_and_average_price() -> None:
    order = an_order("MKT", "BUY")
    assert (order.remaining, order.avg_fill_price) == (5, 0)
    order.filled, order.fill_value = Decimal(2), Decimal(201)
    assert (order.remaining, order.avg_fill_price) == (3, Decimal("100.5"))


@pytest.mark.parametrize("status", [PENDING_SUBMIT, PRE_SUBMITTED, SUBMITTED, PENDING_CANCEL])
def test_unfinished_orders_work_once_they_are_transmitted(status: str) -> None:
    order = an_order("MKT", "BUY")
    order.status = status
    assert order.working and not order.done
    order.terms = replace(order.terms, transmit=False)
    assert not order.working


@pytest.mark.parametrize("status", [CANCELLED, FILLED, INACTIVE])
def test_finished_orders_are_done(status: str) -> None:
    order = an_order("MKT", "BUY")
    order.status = status
    assert order.done and not order.working
