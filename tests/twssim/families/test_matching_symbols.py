"""reqMatchingSymbols as the official client sees it."""

from __future__ import annotations

import pytest

from tests.twssim.families.rig import ready
from tests.twssim.official import errors, of

pytestmark = pytest.mark.usefixtures("every_profile")


def test_symbols_and_names_are_searched_and_the_exact_symbol_is_first() -> None:
    client = ready()
    client.reqMatchingSymbols(9, "vod")
    client.reqMatchingSymbols(8, "Apple")
    client.reqMatchingSymbols(7, "SP")
    answers = {req_id: rows for req_id, rows in of(client.after(0.1), "symbolSamples")}
    assert {(row.contract.currency, row.contract.primaryExchange) for row in answers[9]} == {
        ("USD", "NASDAQ"),
        ("GBP", "LSE"),
    }
    (apple,) = answers[8]
    assert (apple.contract.conId, apple.contract.symbol, apple.contract.secType) == (265598, "AAPL", "STK")
    assert apple.contract.description == "APPLE INC" and apple.derivativeSecTypes == ["BAG", "OPT"]
    assert {(row.contract.symbol, tuple(row.derivativeSecTypes)) for row in answers[7]} == {
        ("SPY", ("BAG", "OPT")),
        ("SPX", ("FUT",)),
    }


def test_nothing_found_is_an_answer_and_nothing_asked_an_error() -> None:
    client = ready()
    client.reqMatchingSymbols(9, "QQQQQ")
    client.reqMatchingSymbols(8, "")
    events = client.after(0.1)
    assert of(events, "symbolSamples") == [(9, [])] and errors(events) == [(8, 10159)]
