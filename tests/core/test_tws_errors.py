from __future__ import annotations

import pytest

from twsbridge.protocol.errors import ERROR_KINDS
from twsbridge_server.core import tws_errors


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (200, "No security definition has been found for the request", "tws.not_found"),
        (354, "Requested market data is not subscribed.", "tws.permission"),
        (101, "Max number of tickers has been reached", "tws.pacing"),
        (162, "Historical Market Data Service error message:API pacing violation", "tws.pacing"),
        (162, "Historical Market Data Service error message:Invalid step: 1 mins", "tws.error"),
        (321, "Error validating request.-'bW' : cause - The API interface is in Read-Only mode.", "tws.read_only"),
        (99999, "Something new", "tws.error"),
    ],
)
def test_codes(code: int, text: str, expected: str) -> None:
    error = tws_errors.refusal(code, text)
    assert (error.code, error.tws_code) == (expected, code)


def test_the_words_are_those_of_tws_without_the_class_name() -> None:
    text = "Error validating request.-'bW' : cause - Please enter a local symbol<br>or an expiry"
    assert tws_errors.refusal(321, text).msg == "Please enter a local symbol or an expiry"
    assert tws_errors.plain("cause - ") == "cause - "


def test_every_wire_code_exists() -> None:
    assert set(tws_errors.WIRE_CODES.values()) <= ERROR_KINDS.keys()


def test_lost_is_not_known_to_have_failed_but_disconnected_is() -> None:
    assert tws_errors.lost("reset by peer").outcome == "unknown"
    assert "reset by peer" in tws_errors.lost("reset by peer").msg
    assert tws_errors.disconnected("not connected yet").outcome == "rejected"


def test_a_timeout_says_what_and_how_long() -> None:
    error = tws_errors.timed_out("positions", 15_000_000)
    assert error.code == "tws.timeout"
    assert error.msg == "TWS has not answered within 15 s: positions"
