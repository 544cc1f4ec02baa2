from __future__ import annotations

import pytest

from tests.protocol.test_commands import refused
from twsbridge.protocol.drain import LONGEST_MS, Drain


def test_nobody_waits_for_ever() -> None:
    assert Drain(window_ms=LONGEST_MS).window_ms == LONGEST_MS
    assert refused("drain", {"window_ms": LONGEST_MS + 1}).code == "req.invalid"


@pytest.mark.parametrize("name", ["window_ms", "expect_back_s"])
def test_no_time_is_negative(name: str) -> None:
    assert refused("drain", {name: -1}).code == "req.invalid"
