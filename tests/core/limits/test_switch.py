from __future__ import annotations

from typing import Any

import pytest

from tests.core.rig import of, published, rows
from twsbridge.protocol.models import Halt
from twsbridge_server.core import effects as fx
from twsbridge_server.core.limits.switch import Halts, KillSwitch, refusal
from twsbridge_server.core.sequencer import Sequencer


def switch(rows: dict[str, Any] | None = None) -> KillSwitch:
    return KillSwitch(Halts(rows or {}), Sequencer("e", {}))


def stop(scope: str = "global", of: str = "", state: str = "HALTED") -> Halt:
    return Halt(scope=scope, of=of, state=state, reason="why", by="ann")


def test_it_is_journaled_and_told_once_and_survives_a_restart() -> None:
    one = switch()
    effects = one.set(stop(), 5)
    assert published(effects) == ["halt"] and not one.set(stop(), 6)
    (row,) = rows(effects, fx.HaltRow)
    again = switch({row.scope: row.body})
    assert [halt.state for halt in again.rows()] == ["HALTED"]
    assert rows(again.keep(), fx.HaltRow) == [row]
    (row,) = rows(again.set(stop(state="ACTIVE"), 7), fx.HaltRow)
    assert not switch({row.scope: row.body}).rows() and of(fx.Log, effects)


@pytest.mark.parametrize(
    ("halts", "expected"),
    [
        ([], None),
        ([stop("client", "eve")], None),
        ([stop("client", "bob")], "HALTED"),
        ([stop("account", "DU1", "REDUCING")], "REDUCING"),
        ([stop("global", "", "REDUCING"), stop("client", "bob")], "HALTED"),
        ([stop(), stop("client", "bob", "REDUCING")], "HALTED"),
    ],
)
def test_the_strictest_counts(halts: list[Halt], expected: str | None) -> None:
    one = switch()
    for halt in halts:
        one.set(halt, 1)
    found = one.state("bob", "DU1")
    assert (found.state if found else None) == expected


def test_what_it_refuses() -> None:
    assert refusal(None, False) is None and refusal(stop(state="REDUCING"), True) is None
    for halt, reduces, code in ((stop(), True, "limit.halted"), (stop(state="REDUCING"), False, "limit.reducing")):
        error = refusal(halt, reduces)
        assert error is not None and error.code == code and "ann: why" in error.msg
