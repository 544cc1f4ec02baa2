"""The core in its seeded simulation: crashes between any two effects, failing disks, older copies of the journal."""

from __future__ import annotations

from collections import Counter

from tests.core import test_simulation as simulation


def run(seed: int) -> Counter[str]:
    """One seed in three worlds; counts `orders`, `fills`, `faults` (failed disks). AssertionError as in the test."""
    counts: Counter[str] = Counter()
    for fail in (0.0, 0.1):
        simulation.test_no_order_is_doubled_and_no_fill_is_lost(seed, fail)
        simulation.test_every_accepted_order_ends_in_the_state_that_tws_has(seed, fail)
        world = simulation.run(seed, fail)
        assert world.disk.events == simulation.run(seed, fail).disk.events, f"seed {seed} gives two histories"
        counts.update(orders=len(world.tws.orders), fills=len(world.tws.executions), faults=world.failures)
    simulation.test_an_older_copy_of_the_journal_doubles_no_order_and_loses_no_fill(seed)
    return counts + Counter(faults=1)
