from __future__ import annotations

from tests.campaign import crash_points


def test_a_crash_after_a_step_loses_and_doubles_nothing() -> None:
    """Every third point; the campaign takes all."""
    points = crash_points.POINTS[::3]
    counts = crash_points.run(1, points=points)
    assert counts["faults"] == len(points) and counts["orders"] > 10
