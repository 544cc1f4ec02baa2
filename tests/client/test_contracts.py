from __future__ import annotations

import pytest

from twsbridge.contracts import (
    Forex,
    Future,
    Index,
    Option,
    Stock,
    to_contract,
)
from twsbridge.errors import InvalidRequest


def test_text_is_read() -> None:
    assert to_contract("CSH2@LSE/GBP") == Stock("CSH2", "LSE", "GBP")


def test_a_contract_is_taken_as_it_is() -> None:
    contract = Option("AAPL", "20261218", 190.0, "C")
    assert to_contract(contract) is contract


def test_constructors_fill_in_what_is_usual() -> None:
    assert Stock("AAPL", primary_exchange="NASDAQ").primary_exchange == "NASDAQ"
    assert Forex("EUR.USD") == Forex("eur/usd") == Forex("EURUSD")
    assert (Forex("EURUSD").sec_type, Forex("EURUSD").exchange) == ("CASH", "IDEALPRO")
    assert (Index("SPX", "CBOE").sec_type, Index("SPX", "CBOE").currency) == ("IND", "USD")
    future = Future("ES", "202612", "CME", multiplier="50")
    assert (future.sec_type, future.last_trade_date, future.multiplier) == ("FUT", "202612", "50")
    assert Option("AAPL", "20261218", 190, "call").right == "C"


def test_a_pair_of_other_than_six_letters_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="EUR.USD"):
        Forex("EUR")
