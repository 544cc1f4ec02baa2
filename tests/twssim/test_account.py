"""Positions at average cost and cash: every trade keeps the account's total."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twssim.account import Account, Position, multiplier
from twssim.contracts import Instrument, default_universe

UNIVERSE = default_universe()
KINDS = {kind: next(each for each in UNIVERSE if each.sec_type == kind) for kind in ("STK", "FUT", "OPT", "CASH")}

quantities = st.integers(-500, 500).filter(bool).map(Decimal)
prices = st.decimals("0.01", 1000, places=2)
fees = st.decimals(0, 20, places=2)
trades = st.lists(st.tuples(quantities, prices, fees), min_size=1, max_size=25)

CENT = Decimal("0.000001")


def new_account() -> Account:
    return Account("DU1234567", "GBP", {"GBP": Decimal(100_000)})


def test_a_bought_position_costs_its_price_and_commission() -> None:
    position = Position(KINDS["STK"])
    assert position.trade(Decimal(5), Decimal(100), Decimal(1)) is None
    assert (position.quantity, position.cost, position.average_cost) == (5, Decimal(501), Decimal("100.2"))


def test_a_sale_realises_the_difference_to_average_cost() -> None:
    position = Position(KINDS["STK"])
    position.trade(Decimal(10), Decimal(100), Decimal(0))
    assert position.trade(Decimal(-4), Decimal(110), Decimal(1)) == Decimal(39)
    assert (position.quantity, position.average_cost) == (6, 100)
    assert position.realized_pnl == Decimal(39)


def test_a_trade_through_zero_closes_and_opens() -> None:
    position = Position(KINDS["STK"])
    position.trade(Decimal(5), Decimal(100), Decimal(0))
    assert position.trade(Decimal(-15), Decimal(110), Decimal(3)) == Decimal(49)
    assert (position.quantity, position.cost) == (-10, Decimal(-1098))
    assert position.average_cost == Decimal("109.8")


def test_a_short_position_earns_when_the_price_falls() -> None:
    position = Position(KINDS["STK"])
    position.trade(Decimal(-5), Decimal(100), Decimal(0))
    assert position.trade(Decimal(5), Decimal(90), Decimal(0)) == Decimal(50)


@given(trades)
@pytest.mark.parametrize("kind", ["STK", "OPT", "FUT"])
def test_cash_positions_and_profit_agree(kind: str, trades: list[tuple[Decimal, Decimal, Decimal]]) -> None:
    """Cash moves by realised P&L plus the cost of what is held; futures pay no cost up front."""
    account, instrument = new_account(), KINDS[kind]
    realized = Decimal(0)
    for quantity, price, fee in trades:
        realized += account.trade(instrument, quantity, price, fee) or Decimal(0)
    position = account.positions[instrument.con_id]
    held = position.fees if kind == "FUT" else position.cost
    assert abs(account.cash[instrument.currency] - (realized - held)) < CENT
    assert abs(position.realized_pnl - realized) < CENT
    assert position.quantity == sum(quantity for quantity, _, _ in trades)
    assert position.quantity or abs(position.cost) < CENT


@given(trades)
def test_closing_everything_at_one_price_realises_all_profit(trades: list[tuple[Decimal, Decimal, Decimal]]) -> None:
    account, instrument, last = new_account(), KINDS["STK"], Decimal("123.45")
    for quantity, price, fee in trades:
        account.trade(instrument, quantity, price, fee)
    position = account.positions[instrument.con_id]
    if position.quantity:
        account.trade(instrument, -position.quantity, last, Decimal(0))
    profit = sum((quantity * (last - price) - fee for quantity, price, fee in trades), Decimal(0))
    assert abs(position.realized_pnl - profit) < CENT
    assert abs(account.cash["USD"] - profit) < CENT


def test_a_currency_trade_moves_both_currencies() -> None:
    account, pair = new_account(), next(each for each in UNIVERSE if each.local_symbol == "GBP.USD")
    account.trade(pair, Decimal(-20_000), Decimal("1.25"), Decimal(2))
    assert account.cash == {"GBP": Decimal(80_000), "USD": Decimal(24_998)}


def test_the_multiplier_counts() -> None:
    future: Instrument = KINDS["FUT"]
    account = new_account()
    account.trade(future, Decimal(1), Decimal(5000), Decimal(2))
    assert account.trade(future, Decimal(-1), Decimal(5001), Decimal(2)) == multiplier(future) - 4
    assert account.cash["USD"] == multiplier(future) - 4


DAYS = (date(2026, 11, 23), date(2026, 11, 24))


@given(first=trades, second=trades, close=prices, price=prices)
def test_the_days_pnl_add_up_to_the_whole(first: list[Any], second: list[Any], close: Decimal, price: Decimal) -> None:
    """Two days' P&L are what position, trades and commissions have gained over both."""
    position = Position(KINDS["OPT"])
    position.begin_day(DAYS[0])
    for trade in first:
        position.trade(*trade)
    yesterday = position.daily_pnl(DAYS[0], close, Decimal(1))
    realized = position.realized_pnl
    assert position.daily_pnl(DAYS[1], price, close) == position.quantity * (price - close) * 100
    position.begin_day(DAYS[1])
    for trade in second:
        position.trade(*trade)
    gained = position.realized_pnl + position.quantity * price * 100 - position.cost
    assert abs(yesterday + position.daily_pnl(DAYS[1], price, close) - gained) < CENT
    assert abs(position.realized_on(DAYS[1]) - (position.realized_pnl - realized)) < CENT
    assert position.realized_on(DAYS[0]) == 0
