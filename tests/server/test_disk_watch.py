from collections.abc import Iterator
from pathlib import Path

import pytest

from twsbridge_server.core.degraded import JournalWorks
from twsbridge_server.core.effects import EventRow
from twsbridge_server.core.inputs import CurrentTime, DiskSpace
from twsbridge_server.disk_watch import LOOK_S, RETRY_S, DiskWatch
from twsbridge_server.errors import CannotStart, DiskFailed, JournalFailed
from twsbridge_server.journal_file import Journal

FULL = DiskFailed("The journal cannot be written: no space left")


class Clock:
    """Seconds that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.db")
    yield journal
    journal.close()


@pytest.fixture
def watch(journal: Journal, clock: Clock) -> DiskWatch:
    return DiskWatch(journal, clock)


def fails(journal: Journal, monkeypatch: pytest.MonkeyPatch, error: Exception = FULL) -> None:
    def mend() -> None:
        raise error

    monkeypatch.setattr(journal, "mend", mend)


def test_the_room_that_is_left_is_told_now_and_then(watch: DiskWatch, clock: Clock) -> None:
    assert [type(each) for each in watch.look()] == [DiskSpace]
    assert watch.look() == []
    assert watch.next_s == LOOK_S
    clock.now = LOOK_S
    assert [type(each) for each in watch.look()] == [DiskSpace]


def test_what_was_appended_is_forgotten(watch: DiskWatch, journal: Journal) -> None:
    journal.append(EventRow("sys|", 1, "notice", 1, 0, {}))
    failed = watch.failed(FULL, [CurrentTime(1)], [])
    assert failed.reason == str(FULL) and failed.turn == (CurrentTime(1),)
    assert failed.restored.heads == {} and journal.head("sys|") == (1, 1)


def test_the_pauses_grow_until_it_works(
    watch: DiskWatch, journal: Journal, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails(journal, monkeypatch)
    watch.failed(FULL, [], [])
    pauses = []
    for _ in range(5):
        pauses.append(watch.next_s - clock.now)
        clock.now = watch.next_s
        assert watch.look() == []
    assert pauses == [*RETRY_S, RETRY_S[-1]]
    monkeypatch.undo()
    clock.now = watch.next_s
    assert watch.look() == [JournalWorks(watch.restore())]
    assert [type(each) for each in watch.look()] == [DiskSpace]


def test_damage_is_the_end(watch: DiskWatch, journal: Journal, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    fails(journal, monkeypatch, CannotStart("The journal cannot be used: a row is not as it was written."))
    watch.failed(FULL, [], [])
    clock.now = watch.next_s
    with pytest.raises(JournalFailed, match="works again, but: .* not as it was written"):
        watch.look()


def test_a_journal_that_cannot_be_read_either_is_the_end(watch: DiskWatch, journal: Journal) -> None:
    journal._connection.execute("DROP TABLE orders")
    with pytest.raises(JournalFailed, match="cannot be read: no such table"):
        watch.failed(FULL, [], [])
