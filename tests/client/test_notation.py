from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.source_tree import ROOT
from twsbridge.contracts import Option, Stock
from twsbridge.errors import AmbiguousContract, InvalidRequest, exception_for, make_error
from twsbridge.notation import DEFAULT_PLACES, FORMS, contract_text, format_contract, parse_contract
from twsbridge.protocol.contract import ComboLeg
from twsbridge.protocol.models import Contract

VECTORS: list[dict[str, Any]] = json.loads((ROOT / "clients" / "protocol" / "vectors" / "contracts.json").read_text())

words = st.from_regex(r"[A-Z0-9.'&-]{1,8}", fullmatch=True)
symbols = st.builds(lambda first, second: f"{first} {second}".strip(), words, st.one_of(st.just(""), words))
places = st.sampled_from(["", "SMART", "LSE", "IDEALPRO", "TSE.JPN", "CME"])
dates = st.one_of(st.just(""), st.from_regex(r"20[0-9]{4}([0-9]{2})?", fullmatch=True))
strikes = st.one_of(st.just(0.0), st.integers(1, 10**8).map(lambda n: n / 1000), st.floats(0, 1e10))
contracts = st.builds(
    Contract,
    con_id=st.sampled_from([0, 0, 0, 265598]),
    symbol=st.one_of(symbols, st.sampled_from(["AAPL", "EUR", "ES 202612", ""])),
    sec_type=st.sampled_from([*DEFAULT_PLACES, "", "BAG"]),
    last_trade_date=dates,
    strike=strikes,
    right=st.sampled_from(["", "C", "P", "CALL"]),
    multiplier=st.sampled_from(["", "50", "0.1", "x"]),
    exchange=places,
    primary_exchange=st.sampled_from(["", "NASDAQ"]),
    currency=st.sampled_from(["", "USD", "EUR", "usd"]),
    local_symbol=st.sampled_from(["", "", "ESZ6", "ESZ6 C6000", "FDAX 20261218 M"]),
    trading_class=st.sampled_from(["", "SPXW", "A B"]),
    include_expired=st.sampled_from([False, False, True]),
)


def sensible(sec_type: str) -> st.SearchStrategy[Contract]:
    """Contracts as they are meant to be written: every term that this security type has."""
    terms: dict[str, st.SearchStrategy[Any]] = {
        "symbol": words.filter(lambda word: "." not in word),
        "sec_type": st.just(sec_type),
        "exchange": places.filter(bool),
        "currency": st.sampled_from(["USD", "EUR"]),
    }
    if sec_type == "CASH":
        terms["symbol"] = st.sampled_from(["EUR", "GBP"])
    if sec_type in ("FUT", "FOP", "OPT"):
        terms["last_trade_date"] = dates.filter(bool)
        terms["multiplier"] = st.sampled_from(["", "50"])
        terms["trading_class"] = st.sampled_from(["", "SPXW"])
    if sec_type in ("FOP", "OPT"):
        terms["right"] = st.sampled_from(["C", "P"])
        terms["strike"] = st.integers(1, 10**8).map(lambda n: n / 1000)
    return st.builds(Contract, **terms)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: repr(vector["text"] or vector["contract"]))
def test_vectors(vector: dict[str, Any]) -> None:
    text, contract, written = vector.values()
    if text is None:
        with pytest.raises(InvalidRequest):
            format_contract(Contract.model_validate(contract))
    elif contract is None:
        with pytest.raises(InvalidRequest, match="conid:265598") as raised:
            parse_contract(text)
        assert (raised.value.field, raised.value.wire.details) == ("contract", {"forms": list(FORMS)})
    else:
        assert parse_contract(text) == Contract.model_validate(contract)
        assert format_contract(parse_contract(text)) == written


@given(contracts)
@example(Stock("AAPL"))
def test_what_is_written_is_read_back_or_refused(contract: Contract) -> None:
    try:
        text = format_contract(contract)
    except InvalidRequest:
        return
    assert parse_contract(text) == contract


@given(st.sampled_from(sorted(DEFAULT_PLACES)).flatmap(sensible))
def test_every_security_type_that_the_notation_covers_is_written(contract: Contract) -> None:
    is_dated = contract.sec_type in ("FUT", "FOP", "OPT")
    assert is_dated or not contract.last_trade_date
    assert parse_contract(format_contract(contract)) == contract


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        contract = parse_contract(text)
    except InvalidRequest:
        return
    assert parse_contract(format_contract(contract)) == contract


def test_people_get_a_short_text_of_whatever_tws_tells() -> None:
    told = {"con_id": 265598, "local_symbol": "AAPL", "trading_class": "NMS", "primary_exchange": "NASDAQ"}
    assert contract_text(Stock("AAPL").model_copy(update={**told, "exchange": ""})) == "AAPL"
    assert contract_text(Contract(con_id=265598, exchange="SMART")) == "conid:265598@SMART"
    assert contract_text(Option("AAPL", "20261218", 190, "P")) == "AAPL  261218P00190000"
    assert contract_text(Contract(symbol="ES", sec_type="FUT", last_trade_date="20261218", currency="USD",
                                  multiplier="50", local_symbol="ESZ6")) == "ES 20261218/USD"  # fmt: skip
    assert contract_text(Contract(symbol="AAPL")) == "AAPL"
    legs = (ComboLeg(con_id=1, ratio=1, action="BUY"),)
    assert contract_text(Contract(symbol="AAPL", sec_type="BAG", combo_legs=legs)) == "BAG:AAPL"


def test_an_ambiguous_contract_names_its_candidates_in_the_notation() -> None:
    rows = [
        {
            "con_id": 14204,
            "symbol": "SAP",
            "sec_type": "STK",
            "exchange": "SMART",
            "currency": "EUR",
            "local_symbol": "SAP",
        },
        {"con_id": 7, "symbol": "SAP", "sec_type": "BAG"},
    ]
    error = exception_for(make_error("req.ambiguous", "2 contracts match", details={"candidates": rows}))
    assert isinstance(error, AmbiguousContract)
    assert [each.con_id for each in error.candidates] == [14204, 7]
    assert str(error).splitlines()[1:] == ["  conid:14204  SAP/EUR", "  conid:7  BAG:SAP"]
