from __future__ import annotations

from random import Random

from tests.campaign.mutations import mutated


def test_the_same_seed_makes_the_same_changes_and_most_change_something() -> None:
    whole = bytes(range(100))
    first, second = ([mutated(whole, dice) for _ in range(200)] for dice in (Random(3), Random(3)))
    assert first == second
    assert sum(each != whole for each in first) > 180
    assert {len(each) for each in first} > {0, 99, 100, 101} - {0}


def test_nothing_can_be_changed_too() -> None:
    assert all(isinstance(mutated(b"", Random(seed)), bytes) for seed in range(50))
