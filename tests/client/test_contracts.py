from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge.contracts import (
    Forex,
    Future,
    Index,
    Option,
    Stock,
    contract_text,
    parse_contract,
    to_contract,
)
from twsbridge.errors import InvalidRequest
from twsbridge.protocol.models import Contract

symbols = st.from_regex(r"[A-Z][A-Z0-9]{0,7}( [A-Z])?", fullmatch=True)
exchanges = st.sampled_from(["SMART", "LSE", "IBIS2", "NASDAQ", "TSE.JPN"])
currencies = st.sampled_from(["USD", "GBP", "EUR", "JPY"])


@pytest.mark.parametrize(
    ("text", "contract"),
    [
        ("AAPL", Stock("AAPL")),
        ("AAPL@SMART/USD", Stock("AAPL")),
        (" AAPL ", Stock("AAPL")),
        ("CSH2@LSE/GBP", Stock("CSH2", "LSE", "GBP")),
        ("csh2@lse/gbp", Stock("csh2", "LSE", "GBP")),
        ("CSH2/GBP", Stock("CSH2", "SMART", "GBP")),
        ("BRK B", Stock("BRK B")),
        ("EUR.USD", Forex("EURUSD")),
        ("conid:265598", Contract(con_id=265598)),
        ("conid:265598@NASDAQ", Contract(con_id=265598, exchange="NASDAQ")),
    ],
)
def test_text_means_a_contract(text: str, contract: Contract) -> None:
    assert parse_contract(text) == to_contract(text) == contract


@pytest.mark.parametrize("text", ["", "  ", "@LSE", "A@B@C", "AAPL/DOLLAR", "conid:0", "conid:x", "AAPL@"])
def test_other_text_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InvalidRequest, match="conid:265598"):
        parse_contract(text)


@given(
    st.one_of(
        st.builds(Stock, symbols, exchanges, currencies),
        st.builds(lambda a, b: Forex(a + b), currencies, currencies),
        st.builds(lambda n: Contract(con_id=n), st.integers(1, 10**9)),
        st.builds(lambda n, e: Contract(con_id=n, exchange=e), st.integers(1, 10**9), exchanges),
    )
)
def test_text_and_contract_are_inverses(contract: Contract) -> None:
    assert parse_contract(contract_text(contract)) == contract


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
    with pytest.raises(InvalidRequest, match="EURUSD"):
        Forex("EUR")


def test_what_has_no_short_text_is_described() -> None:
    assert contract_text(Option("AAPL", "20261218", 190, "P")) == "AAPL OPT 20261218 190 P"
    assert contract_text(Future("ES", "202612", "CME")) == "ES FUT 202612@CME/USD"
    assert contract_text(Contract(symbol="AAPL")) == "AAPL"
