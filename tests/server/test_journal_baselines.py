from __future__ import annotations

from pathlib import Path

from twsbridge_server.core.effects import BaselineRow, EventRow, ExecutionRow
from twsbridge_server.core.restored import Baseline
from twsbridge_server.journal_file import Journal

STREAM = "ord|DU1234567|"
TOLD = [("execution", "a"), ("execution", "b"), ("order", ""), ("correction", "c")]


def test_a_baseline_comes_back_with_the_executions_journaled_after_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    for seq, (kind, exec_id) in enumerate(TOLD, 1):
        journal.append(EventRow(STREAM, seq, kind, seq, 0, {"exec_id": exec_id}))
        if exec_id:
            journal.append(ExecutionRow(exec_id, 1, "DU1234567", seq, {"exec_id": exec_id}))
    row = BaselineRow("DU1234567", 2, ((265598, "100"),))
    journal.append(BaselineRow("DU1234567", 1, ()))
    journal.append(row)
    journal.commit()
    restored = journal.restore()
    assert restored.baselines == (Baseline(row, frozenset({"b", "c"})),)
    assert {*restored.executions} == {"a", "b", "c"}
    forgotten = journal.restore(since_us=10)
    assert {*forgotten.executions} == {"b", "c"}, "what the baseline lacks is remembered whatever its age"
    journal.close()
