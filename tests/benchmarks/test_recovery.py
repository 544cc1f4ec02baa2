from __future__ import annotations

from tests.benchmarks import recovery


def test_a_small_journal_is_ready_and_replayed() -> None:
    """The whole run in miniature. How fast it is depends on the machine."""
    assert recovery.measure(orders=20, events=30).keys() == {"ready", "ready_work", "replay", "replay_work"}
