from __future__ import annotations

from tests.campaign import halts


def test_under_a_halt_and_while_tws_is_away_nothing_is_sent() -> None:
    assert halts.run(1, 2)["faults"] == 2
