from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.campaign import kills, programs
from tests.campaign.programs import Kind, Programs
from tests.campaign.stage import Stage


def test_killing_the_bridge_loses_and_doubles_nothing() -> None:
    counts = kills.run(3, 3)
    assert counts["faults"] == 3 and counts["orders"] > 10 and counts["fills"] > 5


def test_killing_tws_the_bridge_loggers_and_clients_loses_and_doubles_nothing() -> None:
    counts = kills.run(2, 2, "others")
    assert counts["faults"] == 4 and counts["orders"] > 10


def test_the_judge_sees_a_logger_that_keeps_its_place_apart_from_its_fills(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "PATIENCE_S", 0.1)
    kind = Kind("fills.csv", lambda connection, file: ["true"], programs.PYTHON[1].read)
    ledger = [{"record": "execution", "exec_id": "e1"}]
    with closing(Programs(tmp_path / "connection.json", tmp_path, 1, [kind], traders=0)) as crowd:
        (tmp_path / "fills.csv").write_text("exec_id\ne1\n")
        assert crowd.judge(lambda: ledger) == 1
        for wrong in ("exec_id\n", "exec_id\ne1\ne1\n", "exec_id\ne1\ne2\n"):
            (tmp_path / "fills.csv").write_text(wrong)
            with pytest.raises(AssertionError, match=r"O4: fills\.csv"):
                crowd.judge(lambda: ledger)


def forget_keys(home: Path) -> None:
    for file in home.glob("journal.*"):
        file.unlink()


def test_the_judges_see_a_bridge_that_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    start = Stage.start_bridge

    def start_damaged(stage: Stage) -> None:
        if stage.home.exists():
            forget_keys(stage.home)
        start(stage)

    monkeypatch.setattr(Stage, "start_bridge", start_damaged)
    monkeypatch.setattr("tests.campaign.stage.RECOVERY", 5.0)
    monkeypatch.setattr("tests.campaign.flow.RECOVERY", 5.0)
    with pytest.raises(AssertionError):
        kills.run(1, 1)
