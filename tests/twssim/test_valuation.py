"""The worth of an account: every amount is a consequence of fills, quotes and exchange rates."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twssim.official import NOON
from twssim.account import Account
from twssim.contracts import Instrument, default_universe
from twssim.market import Market
from twssim.valuation import initial_margin, mark_price, value_account

UNIVERSE = default_universe()
MARKET = Market(UNIVERSE, 1)
TRADABLE = [each for each in UNIVERSE if each.sec_type != "IND"]
LATER = NOON + 3600

trades = st.lists(
    st.tuples(st.sampled_from(TRADABLE), st.integers(-50, 50).filter(bool), st.integers(0, 300)), max_size=12
)


def price(instrument: Instrument, at: float) -> Decimal:
    return mark_price(instrument, MARKET.quote(instrument.con_id, at))


def new_account() -> Account:
    return Account("DU1234567", "GBP", {"GBP": Decimal(100_000)})


@settings(max_examples=40)
@given(trades)
def test_net_liquidation_is_the_start_plus_all_profit(trades: list[tuple[Instrument, int, int]]) -> None:
    """In every currency but the base: cash and positions are worth exactly the P&L made in it."""
    account, fees = new_account(), Decimal("1.37")
    for instrument, quantity, seconds in trades:
        account.position(instrument).begin_day(MARKET.calendar.session_date(instrument, LATER))
        account.trade(instrument, Decimal(quantity), price(instrument, NOON + seconds), fees)
    valuation = value_account(account, MARKET, LATER)
    for name, value in valuation.currencies.items():
        pairs = [each for each, _, _ in trades if each.sec_type == "CASH" and name in (each.symbol, each.currency)]
        if not pairs:
            start = account.currency == name and Decimal(100_000) or Decimal(0)
            profit = value.unrealized_pnl + value.realized_pnl
            assert abs(value.net_liquidation - start - profit) < Decimal("0.0001")


@settings(max_examples=40)
@given(trades)
def test_totals_are_the_sums_of_the_currencies(trades: list[tuple[Instrument, int, int]]) -> None:
    account = new_account()
    for instrument, quantity, seconds in trades:
        account.trade(instrument, Decimal(quantity), price(instrument, NOON + seconds), Decimal(1))
    valuation = value_account(account, MARKET, LATER)
    equity = sum(
        (value.equity * valuation.currencies[value.position.instrument.currency].rate for value in valuation.positions),
        Decimal(0),
    )
    assert abs(valuation.total("net_liquidation") - valuation.total("cash") - equity) < Decimal("0.0001")
    assert valuation.available_funds == valuation.total("net_liquidation") - valuation.total("init_margin")
    assert valuation.excess_liquidity >= valuation.available_funds
    assert valuation.buying_power >= 0


def test_an_untouched_account_is_worth_its_cash() -> None:
    valuation = value_account(new_account(), MARKET, NOON)
    assert valuation.total("net_liquidation") == valuation.available_funds == 100_000
    assert valuation.buying_power == 400_000
    assert valuation.positions == ()


@pytest.mark.parametrize(
    ("sec_type", "quantity", "expected"), [("STK", 10, 250), ("STK", -10, 250), ("OPT", 1, 0), ("OPT", -1, 2000)]
)
def test_margins(sec_type: str, quantity: int, expected: int) -> None:
    instrument = next(each for each in UNIVERSE if each.sec_type == sec_type)
    assert initial_margin(instrument, Decimal(quantity), Decimal(100)) == expected


def test_currencies_are_marked_in_the_middle() -> None:
    pair = next(each for each in UNIVERSE if each.sec_type == "CASH")
    quote = MARKET.quote(pair.con_id, NOON)
    assert quote.bid < mark_price(pair, quote) < quote.ask
