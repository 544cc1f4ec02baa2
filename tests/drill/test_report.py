from __future__ import annotations

import json

from twsbridge_drill.compare import Difference
from twsbridge_drill.report import Report, masked, masked_bytes

ACCOUNTS = ("DU1234567", "alias7")


def test_accounts_are_masked_and_lengths_stay() -> None:
    text = "of DU1234567, alias7 and DF7654321A; AAPL D1 USD 12345678"
    assert masked(text, ACCOUNTS) == "of DU0000000, 000000 and DF00000000; AAPL D1 USD 12345678"
    assert masked_bytes(b"\xff\0DU1234567\0", ACCOUNTS) == b"\xff\0DU0000000\0"


def test_both_forms_tell_everything_but_accounts() -> None:
    difference = Difference("stop", "field", "openOrder: account", "DU1234567 | x", "DU0000001")
    report = Report(200, ("connect", "stop"), (difference,), ACCOUNTS, (7,))
    for text in (report.as_markdown(), report.as_json()):
        assert "openOrder: account" in text and "DU1234567" not in text and "7" in text
    assert json.loads(report.as_json())["left_over"] == [7]
    assert "The same." in report.as_markdown() and "\\|" in report.as_markdown()
