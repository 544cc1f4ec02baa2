from __future__ import annotations

from twsbridge.download.result import Downloaded


def test_at_first_nothing_is_known() -> None:
    assert Downloaded("AAPL") == Downloaded("AAPL", None, 0, 0, [], None)
