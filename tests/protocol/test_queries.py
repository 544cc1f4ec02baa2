from __future__ import annotations

from typing import Any

import pytest

from tests.protocol.test_commands import refused

AAPL = {"symbol": "AAPL"}


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("history.ticks", {"contract": AAPL}, "start_us or end_us"),
        ("history.ticks", {"contract": AAPL, "start_us": 1, "end_us": 2}, "start_us or end_us"),
        ("history.ticks", {"contract": AAPL, "end_us": 2, "count": 1001}, "1000"),
        ("history.ticks", {"contract": AAPL, "end_us": 2, "what_to_show": "BID"}, "MIDPOINT"),
        ("history.histogram", {"contract": AAPL, "period": "3 D"}, "3 days"),
        ("history.schedule", {"contract": AAPL, "duration": "3 days"}, "30 D"),
        ("news.headlines", {"contract": AAPL, "provider_codes": "BRFG,DJNL"}, "BRFG\\+DJNL"),
        ("option.price", {"contract": AAPL, "volatility": 0, "under_price": 1.0}, "greater than 0"),
        ("wsh.events", {}, "con_id or filter"),
        ("wsh.events", {"con_id": 1, "start_date": "2026-11-01"}, "yyyymmdd"),
        ("fundamentals.report", {"contract": AAPL, "report_type": "Rumours"}, "ReportSnapshot"),
        ("advisor.get", {"document": "profiles"}, "aliases"),
    ],
)
def test_what_is_refused_says_what_is_allowed(name: str, body: dict[str, Any], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(str(refused(name, body)))
