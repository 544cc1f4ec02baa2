"""The drill against simulators that are as they are, and that deviate in a way it must find."""

from __future__ import annotations

import json
from math import inf
from pathlib import Path
from typing import Any

import pytest

import twssim
from twsbridge_drill import compare, steps
from twsbridge_drill import drill as module
from twsbridge_drill.drill import drill
from twsbridge_drill.report import Report
from twsbridge_drill.session import DrillFailed
from twssim.recording import read_recording
from twssim.runner import SimulatedTws


def drilled(tws: SimulatedTws, directory: Path) -> Report:
    return drill((tws.host, tws.port), 77, "AAPL", directory, lambda line: None)


def found(report: Report) -> list[tuple[str, str, str]]:
    return [(each.step, each.kind, each.where) for each in report.differences]


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against a simulator nothing takes long."""
    monkeypatch.setattr(steps, "SETTLED", 0.3)
    monkeypatch.setattr(module, "SETTLED", 0.3)


def test_a_plain_simulator_does_not_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "SLOW_S", inf)  # how long each of the two takes is this machine's affair
    with twssim.run(server_version=225, accounts=("DU7654321",), seed=5) as tws:
        report = drilled(tws, tmp_path)
        statuses = {each["perm_id"]: each["status"] for each in tws.ledger.of("status")}
    assert (found(report), report.left_over) == ([], ())
    assert len(statuses) >= 5 and set(statuses.values()) <= {"Cancelled", "ApiCancelled"}
    assert "0 differences" in (tmp_path / "report.md").read_text()
    assert "DU7654321" not in "".join(path.read_text() for path in tmp_path.iterdir())
    [session] = read_recording(tmp_path / "recording.jsonl")
    told = b"".join(frame.payload for frame in session.frames)
    assert session.server_version == 225 and b"DU7654321" not in told and b"DU0000000" in told


def test_several_deviations_are_each_found_and_nothing_else(tmp_path: Path) -> None:
    deviations: dict[str, Any] = {
        "doubled_order_status": False,
        "doubled_account_summary": False,
        "execution_end_when_empty": False,
        "ack_delay": (1.3, 1.4),
        "currency": "EUR",
    }
    with twssim.run(**deviations) as tws:
        report = drilled(tws, tmp_path)
    differ = found(report)
    assert {step for step, kind, _ in differ if kind != "timing"} == {
        *("look around", "rest, modify, cancel", "stop", "bracket", "lists")
    }
    assert ("rest, modify, cancel", "timing") in {each[:2] for each in differ}
    assert ("look around", "field", "accountSummary NetLiquidation: currency") in differ
    assert ("look around", "order", "accountSummary BuyingPower") in differ
    assert any("orderStatus" in each.simulator for each in report.differences if each.step == "stop")
    assert any("execDetailsEnd" in each.simulator for each in report.differences if each.step == "lists")
    assert len(json.loads((tmp_path / "report.json").read_text())["differences"]) == len(differ)


def test_a_live_account_is_refused_before_any_order(tmp_path: Path) -> None:
    with twssim.run(accounts=("DU1234567", "U1234567")) as tws:
        with pytest.raises(DrillFailed, match="not a paper account"):
            drilled(tws, tmp_path)
        assert [each for each in tws.ledger.of("request") if each["name"] == "PlaceOrder"] == []


def test_prices_too_near_are_refused_before_any_order(tmp_path: Path) -> None:
    with twssim.run() as tws:
        with pytest.raises(DrillFailed, match="Choose another --symbol"):
            drill((tws.host, tws.port), 77, "NOSUCH", tmp_path, lambda line: None)
        assert tws.ledger.of("order") == []


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(DrillFailed, match="No TWS answers"):
        drill(("127.0.0.1", 1), 77, "AAPL", tmp_path, lambda line: None)
