from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.campaign import kills
from tests.campaign.stage import Stage


def test_killing_the_bridge_loses_and_doubles_nothing() -> None:
    counts = kills.run(3, 4)
    assert counts["faults"] == 4 and counts["orders"] > 10 and counts["fills"] > 5


def test_killing_tws_and_the_bridge_loses_and_doubles_nothing() -> None:
    counts = kills.run(2, 2, "others")
    assert counts["faults"] == 2 and counts["orders"] > 10


def forget_keys(home: Path) -> None:
    for file in home.glob("journal.*"):
        file.unlink()


def stop_writing(home: Path) -> None:
    """As a bridge without fsync after a power failure: what it wrote last is gone."""
    (home / "journal.db-wal").unlink()


@pytest.mark.parametrize("damage", [forget_keys, stop_writing])
def test_the_judges_see_a_bridge_that_forgets(damage: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch) -> None:
    start = Stage.start_bridge

    def start_damaged(stage: Stage) -> None:
        if stage.home.exists():
            damage(stage.home)
        start(stage)

    monkeypatch.setattr(Stage, "start_bridge", start_damaged)
    monkeypatch.setattr("tests.campaign.stage.RECOVERY", 5.0)
    monkeypatch.setattr("tests.campaign.flow.RECOVERY", 5.0)
    with pytest.raises(AssertionError):
        kills.run(1, 1)
