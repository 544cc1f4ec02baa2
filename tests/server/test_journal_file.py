import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from twsbridge_server.core.effects import (
    CommissionRow,
    EventRow,
    ExecutionRow,
    FloorRow,
    IntentRow,
    OrderRow,
)
from twsbridge_server.core.restored import Restored
from twsbridge_server.errors import CannotStart, DiskFailed, JournalFailed
from twsbridge_server.journal_file import Journal

WRITER = Path(__file__).with_name("journal_writer.py")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal(path)
    yield journal
    journal.close()


def event(seq: int, stream: str = "sys|") -> EventRow:
    return EventRow(stream, seq, "notice", seq * 10, 0, {"text": f"{seq}", "none": None, "list": [1, "a"]})


def order(row_key: str, status: str, updated_us: int = 0) -> OrderRow:
    return OrderRow(row_key, {"state": {"status": status, "updated_us": updated_us}})


def test_a_new_journal_has_an_epoch_and_nothing_else(journal: Journal) -> None:
    assert len(journal.epoch) == 16
    assert int(journal.epoch, 16) >= 0
    assert journal.restore() == Restored(epoch=journal.epoch)
    assert journal.head("sys|") == (1, 1)


def test_everything_comes_back_after_a_restart(path: Path) -> None:
    journal = Journal(path)
    epoch = journal.epoch
    rows = [event(1), event(2), event(1, "ord|DU1234567|")]
    intent = IntentRow("default", "k1", b"\x01" * 32, 7, "B1REF", 5)
    execution = ExecutionRow("e1", 1, "DU1234567", 50, {"exec_id": "e1", "account": "DU1234567"})
    for row in (*rows, intent, order("r1", "Submitted"), execution, CommissionRow("e1", {"commission": "1"})):
        journal.append(row)
    journal.append(FloorRow(5))
    journal.commit()
    journal.close()
    again = Journal(path)
    assert again.restore() == Restored(
        epoch=epoch,
        next_order_id=8,
        heads={"sys|": (1, 3), "ord|DU1234567|": (1, 2)},
        intents=(intent,),
        orders={"r1": order("r1", "Submitted").body},
        executions={"e1": execution.body},
        commissions=frozenset({"e1"}),
        booked=((execution.body, {"commission": "1"}),),
        told_us=20,
    )
    assert (again.restore(2**60).executions, again.restore(2**60).booked) == ({}, again.restore().booked)
    assert again.events("sys|", 1, 10) == [(e.seq, e.type, e.ts_us, e.flags, e.body) for e in rows[:2]]
    again.close()


def test_what_was_not_committed_is_gone(path: Path) -> None:
    journal = Journal(path)
    journal.append(event(1))
    journal.commit()
    journal.append(event(2))
    journal.close()
    again = Journal(path)
    assert again.head("sys|") == (1, 2)
    again.close()


def test_the_order_id_floor_never_sinks(journal: Journal) -> None:
    for floor in (5, 100, 7):
        journal.append(FloorRow(floor))
        journal.commit()
    assert journal.restore().next_order_id == 100


def test_an_order_is_remembered_while_it_lives_and_for_a_while_after(journal: Journal) -> None:
    journal.append(order("old", "Filled", 10))
    journal.append(order("recent", "Cancelled", 90))
    journal.append(order("alive", "Submitted", 10))
    journal.append(order("alive", "PreSubmitted", 11))
    journal.append(order("doubtful", "UNKNOWN", 1))
    journal.commit()
    restored = journal.restore(since_us=50)
    assert {*restored.orders} == {"recent", "alive", "doubtful"}
    assert restored.orders["alive"]["state"]["status"] == "PreSubmitted"


def test_executions_are_listed_oldest_first_by_account_and_time(journal: Journal) -> None:
    for number, account in ((3, "DU1"), (1, "DU1"), (2, "DU2")):
        journal.append(ExecutionRow(f"e{number}", 1, account, number * 100, {"n": number}))
    journal.commit()
    assert [row["n"] for row in journal.executions("", None)] == [1, 2, 3]
    assert [row["n"] for row in journal.executions("DU1", None)] == [1, 3]
    assert [row["n"] for row in journal.executions("DU1", 101)] == [3]
    assert journal.executions("DU3", None) == []


def test_events_are_read_from_a_number_on_in_slices(journal: Journal) -> None:
    for seq in range(1, 11):
        journal.append(event(seq))
        journal.append(event(seq, "ord|A|"))
    journal.commit()
    assert [seq for seq, *_ in journal.events("sys|", 4, 3)] == [4, 5, 6]
    assert [seq for seq, *_ in journal.events("sys|", 9, 100)] == [9, 10]
    assert journal.events("sys|", 11, 100) == []
    assert journal.head("sys|") == (1, 11)


@pytest.mark.parametrize("seq", [1, 3, 4])
def test_a_stream_never_gets_a_hole_or_a_number_twice(journal: Journal, seq: int) -> None:
    journal.append(event(1))
    with pytest.raises(JournalFailed, match=f"event {seq} of sys. was to be written after 1"):
        journal.append(event(seq))


def test_a_key_is_never_used_twice(journal: Journal) -> None:
    intent = IntentRow("default", "k1", b"\x01" * 32, 7, "B1REF", 5)
    journal.append(intent)
    with pytest.raises(JournalFailed, match="cannot be written"):
        journal.append(intent)


def test_a_full_disk_is_a_failure_not_a_loss(path: Path) -> None:
    journal = Journal(path)
    journal.append(event(1))
    journal.commit()
    (pages,) = journal._connection.execute("PRAGMA page_count").fetchone()
    journal._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFailed, match="cannot be written: .*full"):
        for seq in range(2, 10_000):
            journal.append(event(seq))
        journal.commit()
    journal.close()
    again = Journal(path)
    assert again.head("sys|") == (1, 2)
    again.close()


def test_after_a_failure_it_is_what_it_was_and_can_be_mended(journal: Journal) -> None:
    journal.append(event(1))
    journal.commit()
    journal._connection.execute("PRAGMA query_only = 1")
    with pytest.raises(DiskFailed, match="readonly"):
        journal.append(event(2))
    journal.undo()
    assert journal.head("sys|") == (1, 2)
    journal.mend()
    journal.append(event(2))
    journal.commit()
    assert journal.head("sys|") == (1, 3)


def test_a_journal_is_not_mended_while_there_is_no_room(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(DiskFailed, match="No space left"):
        journal.mend()


def test_damage_found_when_the_disk_works_again_is_no_recovery(journal: Journal, path: Path) -> None:
    journal.append(event(1))
    journal.commit()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("UPDATE events SET flags = 7")
    other.close()
    with pytest.raises(CannotStart, match="not as it was written"):
        journal.mend()


def test_only_the_owner_can_read_it(journal: Journal, path: Path) -> None:
    journal.append(event(1))
    journal.commit()
    for each in path.parent.iterdir():
        assert stat.S_IMODE(each.stat().st_mode) == 0o600, each


def test_two_bridges_cannot_share_a_journal(journal: Journal, path: Path) -> None:
    with pytest.raises(CannotStart, match=rf"Another bridge \(process {os.getpid()}\).*--home"):
        Journal(path)
    journal.append(event(1))
    journal.commit()


def test_another_process_cannot_share_it_either(path: Path) -> None:
    with subprocess.Popen([sys.executable, WRITER, path], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(CannotStart, match=f"process {writer.pid}"):
            Journal(path)
        writer.kill()
    Journal(path).close()


def test_a_directory_that_is_not_there_is_explained(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="cannot be opened"):
        Journal(tmp_path / "gone" / "journal.db")


def test_a_file_that_was_only_begun_is_begun_again(path: Path) -> None:
    path.touch()
    journal = Journal(path)
    assert journal.epoch
    journal.close()


def test_every_acknowledged_row_survives_kill_9(path: Path) -> None:
    """Ten times the writer is killed in the middle of its work; what it said was written is there, without holes."""
    dice = random.Random(3)
    acknowledged = 0
    for _ in range(10):
        with subprocess.Popen([sys.executable, WRITER, path], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(dice.randrange(1, 200)):
                acknowledged = int(writer.stdout.readline())
            os.kill(writer.pid, signal.SIGKILL)
            for line in writer.stdout:
                acknowledged = int(line) if line.endswith("\n") else acknowledged
        journal = Journal(path)
        restored = journal.restore()
        (_, following) = journal.head("sys|")
        assert following > acknowledged
        assert [intent.order_id for intent in restored.intents] == [*range(1, following)]
        assert restored.next_order_id == following
        assert len(journal.events("sys|", 1, 10**6)) == following - 1
        journal.close()


def test_a_copy_can_be_read_while_it_is_written(journal: Journal, path: Path) -> None:
    journal.append(event(1))
    journal.commit()
    reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    assert reader.execute("SELECT count(*) FROM events").fetchone() == (1,)
    journal.append(event(2))
    journal.commit()
    assert reader.execute("SELECT count(*) FROM events").fetchone() == (2,)
    reader.close()
