from __future__ import annotations

import sys

import pytest

from twsbridge.cli import pace as module
from twsbridge.cli.pace import pace, span_text


def test_lines_come_now_and_then(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLOW_S", 3600.0)
    with pace(line_s=3600) as show:
        show(0.1, "soon over")
    monkeypatch.setattr(module, "SLOW_S", 0.0)
    with pace(line_s=3600) as show:
        show(0.25, "more")
        show(0.26, "too soon")
    assert capsys.readouterr().err == " 25%  more\n"


def test_a_terminal_gets_a_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with pace() as show:
        show(0.5, "[AAPL] half")
    assert "[AAPL] half" in capsys.readouterr().err


def test_spans_for_people() -> None:
    assert [span_text(seconds) for seconds in (40, 720, 12_600)] == ["40 s", "12 min", "3.5 h"]
