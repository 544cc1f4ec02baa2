from __future__ import annotations

from tests.campaign import fuzz_client


def test_a_client_survives_a_bridge_gone_mad() -> None:
    counts = fuzz_client.run(1, 5000)
    assert counts["read"] > 200 and counts["dropped"] > 1_000, counts
