from __future__ import annotations

import pytest

from tests.campaign import repeats
from tests.campaign.stage import Stage


def test_whatever_is_repeated_there_is_one_order_for_each_key() -> None:
    counts = repeats.run(1, 40)
    assert counts["orders"] == 40 and counts["faults"] > 100


def test_the_judge_sees_a_bridge_that_forgot_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    kill = Stage.kill_bridge

    def kill_and_forget(stage: Stage) -> None:
        kill(stage)
        for file in stage.home.glob("journal.*"):
            file.unlink()

    monkeypatch.setattr(Stage, "kill_bridge", kill_and_forget)
    with pytest.raises(Exception, match="known_to_tws|doubled|is .* now"):
        repeats.run(1, 3)
