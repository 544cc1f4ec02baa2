from __future__ import annotations

from tests.campaign import joins


def test_with_the_barrier_no_join_has_a_hole_and_without_it_some_do() -> None:
    counts = joins.run(1, 15)
    assert counts["faults"] == 15 and counts["control"] > 0
