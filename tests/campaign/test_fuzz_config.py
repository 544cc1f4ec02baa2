from __future__ import annotations

from tests.campaign import fuzz_config


def test_every_file_is_used_or_refused_in_a_sentence() -> None:
    counts = fuzz_config.run(1, 150)
    assert counts["used"] > 50 and counts["refused"] > 50, counts
