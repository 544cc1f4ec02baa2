import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.old_journals import EPOCH, build
from twsbridge_server import journal_tools
from twsbridge_server.core.effects import EventRow, IntentRow, OrderRow
from twsbridge_server.errors import CannotStart
from twsbridge_server.journal_file import Journal
from twsbridge_server.journal_schema import VERSION
from twsbridge_server.journal_tools import RETENTION_US

DAY = 24 * 3600 * 1_000_000
NOW = 100 * DAY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    build(tmp_path / "journal.db", 1)
    return tmp_path / "journal.db"


@pytest.fixture
def running(path: Path) -> Iterator[Journal]:
    journal = Journal(path)
    yield journal
    journal.close()


def test_a_journal_in_use_is_examined(path: Path, running: Journal) -> None:
    running.append(EventRow("sys|", 1, "notice", 1, 0, {}))
    running.commit()
    summary = journal_tools.examine(path)
    assert (summary.version, summary.epoch) == (VERSION, EPOCH)
    assert summary.streams == {"ord|DU1234567|": (1, 1), "sys|": (1, 1)}
    assert summary.rows["intents"] == 1


def test_a_journal_of_an_earlier_version_is_read_as_it_is(path: Path) -> None:
    summary = journal_tools.examine(path)
    assert summary.version == 1 and "baselines" not in summary.rows
    assert {row["table"] for row in journal_tools.export(path)} == {*summary.rows}


def test_damage_is_named(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("UPDATE intents SET order_id = 8")
    connection.close()
    with pytest.raises(CannotStart, match="not whole: a row of intents is not as it was written"):
        journal_tools.examine(path)


def test_a_backup_of_a_journal_in_use_is_whole(path: Path, running: Journal, tmp_path: Path) -> None:
    assert journal_tools.back_up(path, tmp_path / "copy.db") == journal_tools.examine(path)
    running.append(EventRow("sys|", 1, "notice", 1, 0, {}))
    running.commit()


def test_nothing_is_made_where_there_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="no journal"):
        journal_tools.examine(tmp_path / "none.db")
    assert not [*tmp_path.iterdir()]


def test_every_row_is_exported_with_its_body(path: Path) -> None:
    found = list(journal_tools.export(path))
    assert [row["table"] for row in found] == [
        "meta", "meta", "events", "intents", "orders", "executions", "commissions"
    ]  # fmt: skip
    (intent,) = [row for row in found if row["table"] == "intents"]
    assert (intent["client_order_id"], intent["body_hash"]) == ("k1", "00" * 32)
    assert found[-1]["body"] == {"commission": "1"}


def test_what_is_old_and_over_goes_and_the_rest_stays(path: Path) -> None:
    journal = Journal(path)
    for seq, day in ((1, 1), (2, 2), (3, 60), (4, 90)):
        journal.append(EventRow("sys|", seq, "notice", day * DAY, 0, {}))
    for order_id, status in ((21, "Submitted"), (22, "Filled")):
        journal.append(IntentRow("default", f"k{order_id}", bytes(32), order_id, f"B1{order_id}", DAY))
        journal.append(OrderRow(f"b:{order_id}", {"state": {"status": status, "updated_us": DAY}}))
    journal.commit()
    journal.close()
    gone = journal_tools.prune(path, 50 * DAY, NOW)
    kept = Journal(path)
    restored = kept.restore()
    kept.close()
    assert gone == 8
    assert restored.heads == {"ord|DU1234567|": (1, 2), "sys|": (3, 5)}
    assert (restored.epoch, restored.next_order_id) == (EPOCH, 22)
    assert [intent.client_order_id for intent in restored.intents] == ["k21"]
    assert [*restored.orders] == ["b:21"] and not restored.executions


def test_the_last_thirty_days_are_not_pruned(path: Path) -> None:
    with pytest.raises(CannotStart, match="last 30 days"):
        journal_tools.prune(path, NOW - RETENTION_US + 1, NOW)


def test_a_journal_in_use_is_not_pruned(path: Path, running: Journal) -> None:
    with pytest.raises(CannotStart, match="Another bridge"):
        journal_tools.prune(path, DAY, NOW)
