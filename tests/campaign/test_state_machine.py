from __future__ import annotations

import pytest

from tests.campaign import state_machine
from twsbridge_server.core.executions import LIVE, Executions


def test_no_story_doubles_an_order_or_loses_a_fill() -> None:
    assert state_machine.run(1, examples=15, steps=50) == {"faults": 15}


def test_the_judge_sees_a_bridge_that_takes_fills_only_as_they_happen(monkeypatch: pytest.MonkeyPatch) -> None:
    take = Executions.received
    monkeypatch.setattr(
        Executions, "received", lambda self, said, now: take(self, said, now) if said.req_id == LIVE else []
    )
    with pytest.raises(AssertionError):
        state_machine.run(1, examples=50, steps=50, shrinks=False)
