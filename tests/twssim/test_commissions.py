"""IB's published schedules."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twssim.commissions import PLANS, Traded, order_commission
from twssim.contracts import Instrument, default_universe

UNIVERSE = list(default_universe())


def find(symbol: str, sec_type: str = "STK") -> Instrument:
    return next(each for each in UNIVERSE if (each.symbol, each.sec_type) == (symbol, sec_type))


def charged(instrument: Instrument, quantity: int, price: str, usd_rate: str = "1", plan: str = "fixed") -> Decimal:
    traded = Traded(Decimal(quantity), quantity * Decimal(price), Decimal(usd_rate))
    return order_commission(instrument, traded, plan)


@pytest.mark.parametrize(
    ("symbol", "sec_type", "quantity", "price", "expected"),
    [
        ("AAPL", "STK", 1, "200", "1"),
        ("AAPL", "STK", 200, "200", "1"),
        ("AAPL", "STK", 333, "200", "1.665"),
        ("AAPL", "STK", 10, "5", "0.50"),
        ("CSH2", "STK", 10, "100", "3"),
        ("CSH2", "STK", 1000, "100", "50.00"),
        ("MES", "FUT", 2, "6000", "1.24"),
        ("ES", "FUT", 2, "6000", "4.50"),
        ("SPY", "OPT", 1, "5", "1"),
        ("SPY", "OPT", 10, "5", "6.50"),
        ("SPY", "OPT", 10, "0.07", "5.00"),
        ("SPY", "OPT", 10, "0.01", "2.50"),
        ("EUR", "CASH", 20_000, "1.1", "2"),
        ("EUR", "CASH", 1_000_000, "1.1", "22.00"),
    ],
)
def test_schedules(symbol: str, sec_type: str, quantity: int, price: str, expected: str) -> None:
    assert charged(find(symbol, sec_type), quantity, price) == Decimal(expected)


@pytest.mark.parametrize(
    ("symbol", "sec_type", "quantity", "price", "expected"),
    [
        ("AAPL", "STK", 1, "200", "0.35"),
        ("AAPL", "STK", 1000, "200", "3.50"),
        ("AAPL", "STK", 10, "1", "0.10"),
        ("CSH2", "STK", 10, "100", "1"),
        ("ES", "FUT", 2, "6000", "4.50"),
        ("SPY", "OPT", 10, "5", "6.50"),
    ],
)
def test_the_tiered_schedule(symbol: str, sec_type: str, quantity: int, price: str, expected: str) -> None:
    assert charged(find(symbol, sec_type), quantity, price, plan="tiered") == Decimal(expected)


def test_the_minimum_of_a_currency_pair_is_two_dollars_in_its_own_money() -> None:
    assert charged(find("USD", "CASH"), 10_000, "150", "150") == Decimal(300)


def test_nothing_filled_costs_nothing() -> None:
    assert charged(find("AAPL"), 0, "200") == 0


@given(st.sampled_from(UNIVERSE), st.integers(1, 10**6), st.integers(1, 10**6), st.sampled_from(sorted(PLANS)))
def test_more_never_costs_less(instrument: Instrument, first: int, more: int, plan: str) -> None:
    less = charged(instrument, first, "100", plan=plan)
    assert 0 < less <= charged(instrument, first + more, "100", plan=plan)
