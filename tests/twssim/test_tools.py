from __future__ import annotations

import json
from pathlib import Path

import pytest

from twsbridge.cli import main
from twssim.recording import read_recording
from twssim.wire import frame, message


def test_a_recording_of_another_tool_is_converted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        {"t": 0.0, "dir": "out", "hex": (b"API\0" + frame(b"v100..200")).hex()},
        {"t": 0.5, "dir": "in", "hex": message(200, "now").hex()},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert main(["sim", "convert", str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]) == 0
    assert "server version 200, 2 messages" in capsys.readouterr().out
    assert read_recording(tmp_path / "b.jsonl")[0].frames == read_recording(tmp_path / "a.jsonl")[0].frames


def test_a_ledger_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    started = {"seq": 1, "time": 0, "record": "started", "accounts": ["DU1234567"], "currency": "GBP", "cash": "5"}
    (tmp_path / "l").write_text(json.dumps(started) + "\n")
    assert main(["sim", "ledger", str(tmp_path / "l")]) == 0
    assert "DU1234567" in capsys.readouterr().out
    assert main(["sim", "ledger", str(tmp_path / "l"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["cash"] == [{"account": "DU1234567", "currency": "GBP", "amount": "5"}]


@pytest.mark.parametrize("tool", [["ledger", "{}/none"], ["convert", "{}/none", "{}/b"]])
def test_what_cannot_be_read_is_a_sentence(tmp_path: Path, tool: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sim", *(word.format(tmp_path) for word in tool)]) == 2
    assert capsys.readouterr().err.startswith(f"twsbridge sim {tool[0]}: ")
