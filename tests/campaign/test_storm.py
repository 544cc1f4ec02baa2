from __future__ import annotations

from tests.campaign import storm
from twssim.faults import ACTIONS


def test_a_tws_that_does_everything_wrong_loses_and_doubles_nothing() -> None:
    counts = storm.run(2, 4)
    assert counts["faults"] == 4 and counts["orders"] > 10


def test_every_fault_is_one_that_the_simulator_has() -> None:

    assert {command["do"] for command in (*storm.FAULTS, *storm.BLOWS)} <= set(ACTIONS)
