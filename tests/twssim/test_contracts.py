from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import QUICK, UNIVERSE, instruments
from twssim.contracts import ContractQuery, Universe


def symbols(**fields: Any) -> list[tuple[str, str]]:
    return [(each.symbol, each.currency) for each in UNIVERSE.find(ContractQuery(**fields))]


@given(instruments)
@QUICK
def test_a_con_id_alone_is_enough(instrument) -> None:
    assert UNIVERSE.find(ContractQuery(con_id=instrument.con_id)) == [instrument]
    assert UNIVERSE.by_con_id(instrument.con_id) is instrument


@given(instruments, st.sampled_from(["symbol", "sec_type", "currency", "local_symbol", "trading_class", "exchange"]))
@QUICK
def test_every_field_that_is_given_must_match(instrument, field) -> None:
    query = ContractQuery(con_id=instrument.con_id)

    assert UNIVERSE.find(replace(query, **{field: getattr(instrument, field)})) == [instrument]
    assert UNIVERSE.find(replace(query, **{field: "wrong"})) == []


def test_csh2_is_unambiguous() -> None:
    (found,) = UNIVERSE.find(ContractQuery(symbol="CSH2", sec_type="STK", exchange="LSE", currency="GBP"))

    assert (found.exchange, found.primary_exchange, found.stock_type) == ("LSE", "LSE", "ETF")
    assert Decimal(1100) < found.price < Decimal(1300)


def test_without_a_currency_or_exchange_a_symbol_can_be_ambiguous() -> None:
    assert symbols(symbol="VOD", sec_type="STK", exchange="SMART") == [("VOD", "USD"), ("VOD", "GBP")]
    assert symbols(symbol="SAP", sec_type="STK", exchange="IBIS") == [("SAP", "EUR")]


def test_what_is_unknown_or_unnamed_is_not_found() -> None:
    assert symbols(symbol="aapl", sec_type="STK") == []
    assert symbols(symbol="AAPL", sec_type="STK", exchange="LSE") == []
    assert symbols(con_id=1) == []
    assert symbols(sec_type="STK", currency="USD") == []


def test_a_directed_exchange_is_kept_and_the_rest_is_the_same() -> None:
    (found,) = UNIVERSE.find(ContractQuery(symbol="AAPL", sec_type="STK", exchange="NASDAQ"))

    assert found == replace(UNIVERSE.by_con_id(265598), exchange="NASDAQ")


def test_derivatives_are_found_by_month_strike_and_right() -> None:
    months = {each.last_trade_date[:6] for each in UNIVERSE.find(ContractQuery(symbol="ES", sec_type="FUT"))}
    assert months == {"202612", "202703"}
    assert [each.local_symbol for each in UNIVERSE.find(ContractQuery(symbol="ES", last_trade_date="202612"))] == [
        "ESZ6"
    ]

    option = ContractQuery(symbol="AAPL", sec_type="OPT", last_trade_date="20261218", strike=Decimal("270.0"))
    assert len(UNIVERSE.find(option)) == 2
    (put,) = UNIVERSE.find(replace(option, right="PUT"))
    assert (put.right, put.local_symbol) == ("P", "AAPL  261218P00270000")


def test_two_instruments_with_one_con_id_are_refused() -> None:
    one = UNIVERSE.by_con_id(265598)
    assert one is not None
    with pytest.raises(ValueError, match="con_id 265598"):
        Universe([one, one])
