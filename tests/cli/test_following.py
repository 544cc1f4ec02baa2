from __future__ import annotations

from typing import Any, cast

import pytest

from twsbridge.cli.following import in_place, line_of, told
from twsbridge.cli.output import Format, Printer
from twsbridge.protocol.line_state import LineGap, LineHeld
from twsbridge.row_stream import RowStream
from twsbridge.times import clock


class Scripted:
    """A stream that is in one state after the other, with an item in some of them."""

    topic = "depth|1@SMART:10|"

    def __init__(self, *script: tuple[str, str, int | None]) -> None:
        self._script = list(script)
        self.state, self.gap, self.held = "waiting", cast("LineGap | None", None), cast("LineHeld | None", None)

    def next(self, timeout: float) -> int | None:
        self.state, reason, item = self._script.pop(0)
        is_held = self.state == "waiting"
        self.held = LineHeld(until_us=1_795_000_000_000_000, reason=reason) if reason and is_held else None
        self.gap = LineGap(since_us=1, reason=reason) if reason and not is_held else None
        return item


def test_what_becomes_of_a_line_is_noted_once(capsys: pytest.CaptureFixture[str]) -> None:
    script = Scripted(
        ("waiting", "", None), ("live", "", 1), ("stale", "gone", None), ("stale", "gone", None), ("live", "", 2),
        ("delayed", "", 3),
    )  # fmt: skip
    stream = cast("RowStream[int]", script)
    assert list(told(stream, 3)) == [1, 2, 3]
    assert capsys.readouterr().err.splitlines() == [
        f"{script.topic} is stale: gone", f"{script.topic} is live", f"{script.topic} is delayed",
    ]  # fmt: skip


def test_until_when_a_line_is_held_back_is_noted(capsys: pytest.CaptureFixture[str]) -> None:
    script = Scripted(("waiting", "too soon", None), ("waiting", "too soon", None), ("live", "", 1))
    assert list(told(cast("RowStream[int]", script), 1)) == [1]
    held, live = capsys.readouterr().err.splitlines()
    assert held == f"{script.topic} is waiting: until {clock(1_795_000_000_000_000)}, too soon"
    assert live == f"{script.topic} is live"


def test_a_table_stays_in_place_on_a_terminal_only() -> None:
    with in_place(Printer(Format.TABLE)) as show:
        assert show is None


def test_a_line_leaves_out_what_is_not_known() -> None:
    record: dict[str, Any] = {"bid_size": None, "bid": 1.5}
    assert line_of(record, ("bid_size", "bid")) == "bid 1.5"
