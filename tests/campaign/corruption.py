"""Damage to a journal, one change at a time: it is refused, or tells exactly what it told before."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from twsbridge_server.core.effects import CommissionRow, EventRow, ExecutionRow, FloorRow, IntentRow, OrderRow
from twsbridge_server.errors import CannotStart
from twsbridge_server.journal_checks import rows
from twsbridge_server.journal_file import Journal
from twsbridge_server.journal_opening import open_journal
from twsbridge_server.journal_schema import TABLES


def build(path: Path, turns: int = 60) -> None:
    """A journal of some 64 kB, closed."""
    journal = Journal(path)
    for number in range(1, turns + 1):
        for stream in ("ord|DU1234567|", "sys|"):
            journal.append(EventRow(stream, number, "notice", number, 0, {"text": f"event {number} " * 12}))
        journal.append(IntentRow("default", f"k{number}", bytes(32), number, f"B1{number}", number))
        journal.append(OrderRow(f"b:{number}", {"state": {"status": "Submitted", "updated_us": 1}, "n": "x" * 60}))
        journal.append(ExecutionRow(f"e{number}", 1, "DU1234567", number, {"exec_id": f"e{number}"}))
        journal.append(CommissionRow(f"e{number}", {"commission": "1"}))
        journal.append(FloorRow(number))
    journal.commit()
    journal.close()


def run(seed: int, changes: int = 200) -> Counter[str]:
    """So many flips and truncations; counts of `refused` and `harmless`. AssertionError: damage was served as valid."""
    dice = Random(seed)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "journal.db"
        build(path)
        whole, truth = path.read_bytes(), _content(path)
        for _ in range(changes):
            path.write_bytes(_damaged(whole, dice))
            try:
                assert _content(path) == truth, f"seed {seed}: a damaged journal was served as valid"
                counts["harmless"] += 1
            except CannotStart:
                counts["refused"] += 1
    return counts


def _damaged(whole: bytes, dice: Random) -> bytes:
    spot = dice.randrange(1, len(whole))
    if dice.random() < 0.2:
        return whole[:spot]
    return whole[:spot] + bytes([whole[spot] ^ (1 << dice.randrange(8))]) + whole[spot + 1 :]


def _content(path: Path) -> list[list[tuple[object, ...]]]:
    connection = open_journal(path)
    try:
        return [list(rows(connection, table)) for table in TABLES]
    finally:
        connection.close()
