"""What an account held at the last comparison, over restarts."""

from __future__ import annotations

from decimal import Decimal

from tests.core.rig import ACCOUNT, fill, rows
from twsbridge_server.core import effects as fx
from twsbridge_server.core.baselines import Baselines
from twsbridge_server.core.restored import Baseline, Restored
from twsbridge_server.core.sequencer import Sequencer

AAPL = 265598
STREAM = f"ord|{ACCOUNT}|"


def baselines(held: str, executions: dict[str, int], later: set[str]) -> Baselines:
    bodies = {name: fill(name, shares=Decimal(shares)).wire() for name, shares in executions.items()}
    row = fx.BaselineRow(ACCOUNT, 5, ((AAPL, held),))
    restored = Restored(epoch="e", executions=bodies, baselines=(Baseline(row, frozenset(later)),))
    return Baselines(Sequencer("e", {STREAM: (1, 9)}), restored)


def test_executions_before_the_baseline_are_in_it_and_later_ones_are_not() -> None:
    known = baselines("100", {"a": 30, "b": 5}, later={"b"})
    assert known.before_executions() == {(ACCOUNT, AAPL): Decimal(70)}
    assert known.explains(ACCOUNT) and not known.explains("DU7654321")


def test_what_was_sold_out_before_the_baseline_counts_too() -> None:
    row = fx.BaselineRow(ACCOUNT, 5, ())
    restored = Restored(epoch="e", executions={"a": fill("a").wire()}, baselines=(Baseline(row, frozenset()),))
    assert Baselines(Sequencer("e", {}), restored).before_executions() == {(ACCOUNT, AAPL): Decimal(-5)}


def test_a_baseline_is_written_when_it_moves_and_says_up_to_which_event_it_counts() -> None:
    known = baselines("100", {}, set())
    effects = known.move(ACCOUNT, {AAPL: Decimal("105.50"), 9: Decimal(-1)})
    assert rows(effects, fx.BaselineRow) == [fx.BaselineRow(ACCOUNT, 9, ((9, "-1"), (AAPL, "105.5")))]
    assert known.move(ACCOUNT, {9: Decimal(-1), AAPL: Decimal("105.5")}) == []
