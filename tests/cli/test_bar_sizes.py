from __future__ import annotations

import pytest

from twsbridge.cli.bar_sizes import SHORT, bar_size
from twsbridge.cli.failures import Failure
from twsbridge.protocol.bar_sizes import SIZES


def test_short_words_and_tws_own() -> None:
    assert list(SHORT.values()) == list(SIZES)
    asked = ["1m", "5 mins", "1h", "1mo", "5s", " 1  day ", "30 m"]
    assert [bar_size(each) for each in asked] == [
        "1 min", "5 mins", "1 hour", "1 month", "5 secs", "1 day", "30 mins",
    ]  # fmt: skip


def test_others_are_refused_with_all_that_there_are() -> None:
    with pytest.raises(Failure, match=r"'7m' is no bar size.*1s \(1 secs\).*1mo \(1 month\)"):
        bar_size("7m")
