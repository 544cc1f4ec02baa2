import shutil
from pathlib import Path

import pytest

from twsbridge_server.core.effects import EventRow, FloorRow, ProvenRow, ShownRow
from twsbridge_server.journal_file import Journal
from twsbridge_server.journal_mark import Mark, MarkFile


def written(journal: Journal, *seqs: int) -> None:
    for seq in seqs:
        journal.append(EventRow("sys|", seq, "notice", seq, 0, {}))
        journal.append(FloorRow(seq * 10))
        journal.commit()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def test_the_last_mark_counts_and_one_that_was_torn_leaves_the_one_before(path: Path) -> None:
    file = MarkFile(path)
    for number in (1, 2, 3):
        file.write("e", number, {"sys|": (1, number)})
    file.close()
    assert MarkFile(path).latest == Mark("e", 3, {"sys|": 3}, 4)
    with path.open("r+b") as raw:
        raw.seek(12)
        raw.write(b"\xff\xff")
    assert MarkFile(path).latest == Mark("e", 3, {"sys|": 3}, 3, is_clean=False)


def test_a_journal_that_was_not_closed_is_noticed(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(path)
    written(journal, 1)
    monkeypatch.setattr(MarkFile, "close", lambda self: None)
    journal.close()
    monkeypatch.undo()
    Journal(path).close()
    assert "ended without closing it" in caplog.text
    caplog.clear()
    Journal(path).close()
    assert not caplog.text


def test_the_order_id_floor_never_sinks(path: Path) -> None:
    file = MarkFile(path)
    file.write("e", 50, {})
    file.write("f", 7, {})
    assert file.latest.next_order_id == 50


def test_a_restart_keeps_the_epoch(path: Path) -> None:
    journal = Journal(path)
    written(journal, 1, 2)
    journal.close()
    again = Journal(path)
    assert (again.epoch, again.restore().replaced) == (journal.epoch, "")
    again.close()


def test_an_older_copy_begins_a_new_epoch_and_keeps_the_floor(path: Path, tmp_path: Path) -> None:
    journal = Journal(path)
    written(journal, 1, 2)
    journal.close()
    shutil.copy(path, tmp_path / "copy")
    journal = Journal(path)
    written(journal, 3, 4, 5)
    journal.close()
    shutil.copy(tmp_path / "copy", path)
    for _ in range(2):
        again = Journal(path)
        restored = again.restore()
        again.close()
        assert restored.epoch != journal.epoch
        assert restored.heads == {"sys|": (1, 3)}
        assert restored.next_order_id == 50
    assert restored.replaced == ""


def test_it_is_said_once_that_the_journal_is_an_older_copy(path: Path, tmp_path: Path) -> None:
    journal = Journal(path)
    written(journal, 1)
    journal.close()
    shutil.copy(path, tmp_path / "copy")
    journal = Journal(path)
    written(journal, 2)
    journal.close()
    shutil.copy(tmp_path / "copy", path)
    again = Journal(path)
    assert "older copy" in again.restore().replaced
    again.close()


def test_a_new_journal_in_the_place_of_another_keeps_the_floor(path: Path) -> None:
    journal = Journal(path)
    written(journal, 1, 2)
    journal.close()
    path.unlink()
    fresh = Journal(path)
    assert fresh.epoch != journal.epoch
    assert (fresh.restore().next_order_id, fresh.restore().heads) == (20, {})
    assert fresh.restore().replaced
    assert (lost := fresh.restore().lost) is not None and lost.since_us == 0
    fresh.close()


def test_a_copy_from_before_the_last_epoch_begins_another_one(path: Path, tmp_path: Path) -> None:
    """Its own epoch has had other events under the numbers that follow."""
    journal = Journal(path)
    written(journal, 1)
    journal.close()
    shutil.copy(path, tmp_path / "copy")
    journal = Journal(path)
    written(journal, 2)
    journal.close()
    epochs = {journal.epoch}
    for _ in range(3):
        shutil.copy(tmp_path / "copy", path)
        again = Journal(path)
        epochs.add(again.epoch)
        again.close()
    assert len(epochs) == 4


def test_what_an_older_copy_lacks_stands_until_it_is_told(path: Path, tmp_path: Path) -> None:
    journal = Journal(path)
    written(journal, 1)
    assert journal.restore().lost is None
    journal.close()
    shutil.copy(path, tmp_path / "copy")
    journal = Journal(path)
    written(journal, 2)
    journal.close()
    shutil.copy(tmp_path / "copy", path)
    again = Journal(path)
    again.append(ShownRow("B1ABC", 7))
    written(again, 2, 3)
    again.close()
    again = Journal(path)
    lost = again.restore().lost
    assert lost is not None and lost.since_us == 1
    assert again.restore().shown == {"B1ABC": 7}
    again.append(ProvenRow(lost.found_us))
    again.commit()
    again.close()
    again = Journal(path)
    assert (again.restore().lost, again.restore().shown) == (None, {"B1ABC": 7})
    again.close()


def test_without_its_mark_the_journal_counts(path: Path) -> None:
    journal = Journal(path)
    written(journal, 1)
    journal.close()
    path.with_suffix(".mark").unlink()
    again = Journal(path)
    assert again.epoch == journal.epoch
    again.close()
