from __future__ import annotations

import pytest

from tests.campaign import clocks, preload


@pytest.mark.skipif(preload.compiler() is None, reason=preload.WHY_NOT)
def test_jumps_of_the_clock_and_pauses_lose_and_double_nothing() -> None:
    assert clocks.run(2, 2, 0.5)["faults"] == 2
