from __future__ import annotations

import pytest

from tests.campaign import fuzz_tws


@pytest.mark.parametrize("seed", [1, 2])
def test_every_message_of_tws_is_read_whole_or_quarantined(seed: int) -> None:
    counts = fuzz_tws.run(seed, 100)
    assert counts["quarantined"] > 30 and counts["cut, quarantined"] > 100, counts
