from __future__ import annotations

from tests.benchmarks import history


def test_orders_are_answered_while_somebody_is_told_much() -> None:
    """The whole run in miniature. How fast it is depends on the machine."""
    assert all(seconds > 0 for seconds in history.measure(days=20, orders=10).values())
