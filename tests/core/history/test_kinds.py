from __future__ import annotations

import pytest

from twsbridge_server.core import tws_errors
from twsbridge_server.core.calls import CancelHistoricalData
from twsbridge_server.core.history.kinds import bars_kind, has_outage, is_too_long
from twsbridge_server.core.history.scale import Scale

NO_DATA = "Historical Market Data Service error message:HMDS query returned no data: CSH2@LSE Trades"


def test_no_bars_is_an_answer_unless_a_farm_is_broken() -> None:
    farms: dict[str, str] = {"ushmds": "ok", "usfarm": "broken"}
    kind = bars_kind(Scale("1 day", "UTC"), 7, lambda: farms)
    assert kind.refusal(162, NO_DATA) is None and kind.timeout_us == 7 and kind.cancel is CancelHistoricalData
    farms["ushmds"] = "broken"
    error = kind.refusal(162, NO_DATA)
    assert error is not None and (error.code, error.tws_code) == ("tws.error", 162) and has_outage(farms)


@pytest.mark.parametrize(
    ("code", "text", "wire_code"),
    [
        (162, "Historical Market Data Service error message:API historical data query cancelled: 9", "tws.error"),
        (162, "Historical Market Data Service error message:Historical data request pacing violation", "tws.pacing"),
        (366, "No historical data query found for ticker id:9", "tws.error"),
        (354, "Requested market data is not subscribed.", "tws.permission"),
    ],
)
def test_other_refusals(code: int, text: str, wire_code: str) -> None:
    error = bars_kind(Scale("1 day", "UTC"), 7, dict).refusal(code, text)
    assert error is not None and error.code == wire_code and not is_too_long(error)


@pytest.mark.parametrize("text", ["Time length exceed max.", "invalid step: 5"])
def test_what_is_too_long(text: str) -> None:
    assert is_too_long(tws_errors.refusal(162, text))
    assert not is_too_long(tws_errors.refusal(200, text))


def test_an_answer_becomes_columns() -> None:
    assert list(bars_kind(Scale("1 day", "UTC"), 7, dict).finish([])["time_us"]) == []
