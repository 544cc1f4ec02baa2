from __future__ import annotations

from tests.core.history.world import block
from twsbridge_server.core.history.held import Held


def test_what_is_told_twice_is_held_once() -> None:
    held = Held()
    held.add(block(10, 30, 10, 20))
    held.add(block(0, 40, 0, 10, 20, 30))
    assert [list(each.columns["time_us"]) for each in held.blocks((0, 40))] == [[0], [10, 20], [30]]
    assert held.missing((0, 50)) == [(40, 50)]
    assert held.begins_bar(10) and not held.begins_bar(20) and not held.begins_bar(15)


def test_the_tail_is_told_instead_of_older_news() -> None:
    held, tail = Held(), block(20, 40, 20, 30)
    held.add(block(0, 35, 0, 20))
    assert held.missing((0, 40), tail) == []
    assert [list(each.columns["time_us"]) for each in held.blocks((0, 40), tail)] == [[0], [20, 30]]
    assert held.missing((0, 40)) == [(35, 40)]


def test_an_empty_tail_is_one_too() -> None:
    held, tail = Held(), block(20, 40)
    held.add(block(0, 20, 0))
    assert held.missing((0, 40), tail) == [] and not held.begins_bar(20)


def test_at_rest_only_the_tail_is_kept() -> None:
    held = Held()
    held.add(block(0, 10, 0))
    held.tail = block(10, 20, 10)
    held.rest()
    assert held.missing((0, 10)) == [(0, 10)] and held.tail is not None and held.begins_bar(10)
