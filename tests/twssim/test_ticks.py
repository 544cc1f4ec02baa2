"""The first burst of a market data line and the changes after it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.twssim.official import NOON
from twssim.answers import TickPrice, TickSize, TickString
from twssim.market import Quote
from twssim.ticks import changes, first_burst

QUOTE = Quote(
    time=NOON,
    bid=Decimal("99.99"),
    ask=Decimal("100.01"),
    last=Decimal("100.00"),
    bid_size=Decimal(300),
    ask_size=Decimal(400),
    last_size=Decimal(100),
    volume=Decimal(123456),
    open=Decimal(98),
    high=Decimal(101),
    low=Decimal(97),
    close=Decimal("98.50"),
)


def types(answers: list[object]) -> list[int]:
    return [getattr(answer, "tick_type", -1) for answer in answers]


def test_the_burst_has_the_recorded_order() -> None:
    burst = list(first_burst(9, QUOTE, "STK"))
    assert types([*burst]) == [45, 4, 5, 8, 6, 7, 9, 14, 1, 2, 0, 3, 32, 33, 49]
    assert burst[0] == TickString(9, 45, "1795521600")


@pytest.mark.parametrize(("sec_type", "missing"), [("CASH", {4, 5, 8, 14, 45}), ("IND", {0, 1, 2, 3})])
def test_what_an_instrument_does_not_have_is_not_sent(sec_type: str, missing: set[int]) -> None:
    assert not missing & set(types([*first_burst(9, QUOTE, sec_type)]))


def test_nothing_is_sent_when_nothing_changed() -> None:
    assert list(changes(9, QUOTE, replace(QUOTE, time=NOON + 1), "STK")) == []


def test_a_price_change_is_followed_by_its_size_once_more() -> None:
    now = replace(QUOTE, bid=Decimal("99.98"))
    assert list(changes(9, QUOTE, now, "STK")) == [
        TickPrice(9, 1, Decimal("99.98"), Decimal(300), 1),
        TickSize(9, 0, Decimal(300)),
    ]


def test_a_size_change_is_a_size_alone() -> None:
    now = replace(QUOTE, ask_size=Decimal(500))
    assert list(changes(9, QUOTE, now, "STK")) == [TickSize(9, 3, Decimal(500))]


def test_a_trade_brings_time_price_size_and_volume() -> None:
    now = replace(QUOTE, time=NOON + 1, last=Decimal("100.01"), last_size=Decimal(50), volume=Decimal(123506))
    assert types([*changes(9, QUOTE, now, "STK")]) == [45, 4, 5, 8]
    assert list(changes(9, QUOTE, now, "CASH")) == []


def test_new_extremes_are_told() -> None:
    now = replace(QUOTE, high=Decimal(102), low=Decimal(96), open=Decimal(99), close=Decimal(90))
    assert types([*changes(9, QUOTE, now, "STK")]) == [6, 7, 9, 14]
