import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from twsbridge_server.core.effects import CommissionRow, EventRow, ExecutionRow, FloorRow, IntentRow, OrderRow
from twsbridge_server.errors import CannotStart
from twsbridge_server.journal_file import Journal
from twsbridge_server.journal_schema import VERSION

STREAMS = ("ord|DU1234567|", "sys|")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "journal.db"
    journal = Journal(path)
    for number in range(1, 41):
        for stream in STREAMS:
            journal.append(EventRow(stream, number, "notice", number, 0, {"text": f"event {number}" * 4}))
        journal.append(IntentRow("default", f"k{number}", bytes(32), number, f"B1{number}", number))
        journal.append(OrderRow(f"r{number}", {"state": {"status": "Submitted", "updated_us": 1}}))
        journal.append(ExecutionRow(f"e{number}", 1, "DU1234567", number, {"exec_id": f"e{number}"}))
        journal.append(CommissionRow(f"e{number}", {"commission": "1"}))
        journal.append(FloorRow(number))
        journal.commit()
    journal.close()
    return path


def everything(path: Path) -> tuple[object, ...]:
    journal = Journal(path)
    try:
        return (journal.restore(), journal.executions("", None), *(journal.events(s, 1, 1000) for s in STREAMS))
    finally:
        journal.close()


def changes(size: int) -> Iterator[tuple[int, int]]:
    dice = random.Random(11)
    for _ in range(400):
        yield dice.randrange(size), 1 << dice.randrange(8)


def test_a_changed_bit_is_noticed_or_harmless(path: Path) -> None:
    """400 single bits, one at a time: the journal refuses to open, or tells exactly what it told before."""
    whole = path.read_bytes()
    truth = everything(path)
    refused = 0
    for spot, bit in changes(len(whole)):
        damaged = bytearray(whole)
        damaged[spot] ^= bit
        path.write_bytes(damaged)
        try:
            assert everything(path) == truth, f"byte {spot}, bit {bit}"
        except CannotStart as error:
            refused += 1
            assert "cannot be used" in str(error)
            assert "Restore a copy" in str(error) or "newer bridge" in str(error)
    assert refused > 100


@pytest.mark.parametrize("fraction", [0.001, 0.01, 0.3, 0.5, 0.9, 0.999])
def test_a_truncated_journal_is_refused(path: Path, fraction: float) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * fraction)])
    with pytest.raises(CannotStart, match="cannot be used"):
        Journal(path)


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ("DELETE FROM events WHERE stream = 'sys|' AND seq = 7", r"1 events of sys\| are missing"),
        ("UPDATE events SET seq = 99 WHERE seq = 40 AND stream = 'sys|'", "not as it was written"),
        ("UPDATE intents SET order_id = 1 WHERE order_id = 2", "not as it was written"),
        ("UPDATE meta SET value = 'feedfeedfeedfeed' WHERE key = 'epoch'", "not as it was written"),
        ("DELETE FROM meta WHERE key = 'epoch'", "no epoch"),
        ("DROP TABLE commissions", "no such table"),
        ("PRAGMA application_id = 7", "not a journal of this bridge"),
        ("PRAGMA user_version = 0", "no schema version 0"),
    ],
)
def test_what_was_tampered_with_is_named(path: Path, statement: str, complaint: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(statement)
    connection.close()
    with pytest.raises(CannotStart, match=complaint):
        Journal(path)


def test_a_journal_of_a_newer_bridge_is_left_alone(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(CannotStart, match=rf"version {VERSION + 1}.*Start the newer bridge"):
        Journal(path)


@pytest.mark.parametrize("content", [b"x", b"not a database" * 100, b"\x00" * 8192])
def test_what_is_no_journal_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(content)
    with pytest.raises(CannotStart, match="cannot be used"):
        Journal(path)
    assert path.read_bytes() == content
