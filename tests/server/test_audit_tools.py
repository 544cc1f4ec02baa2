"""Any single change of the audit's table is found, and the first bad row is named."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import msgpack
import pytest

from tests.server.old_journals import build
from twsbridge_server.audit_tools import Wanted, show, verify
from twsbridge_server.core.effects import AuditRow
from twsbridge_server.errors import CannotStart
from twsbridge_server.journal_audit import ChainEnd
from twsbridge_server.journal_file import Journal
from twsbridge_server.journal_schema import checksum

ROWS = 12
Row = list[Any]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal with some rows, and its mark."""
    path = tmp_path_factory.mktemp("whole") / "journal.db"
    journal = Journal(path)
    for number in range(1, ROWS + 1):
        body = {"decision": "accepted", "client": "alice", "key": "abcd", "account": "DU1", "n": number}
        journal.append(AuditRow(number * 1_000_000, body))
        journal.commit()
    journal.close()
    return path


def changed(whole: Path, folder: Path, change: Callable[[list[Row]], list[Row]]) -> str:
    """What `verify` says of a copy whose table was changed by somebody who knows SQLite."""
    path = folder / "journal.db"
    for suffix in (".db", ".mark"):
        shutil.copy(whole.with_suffix(suffix), path.with_suffix(suffix))
    connection = sqlite3.connect(path)
    rows = [list(row) for row in connection.execute("SELECT seq, ts_us, body, link, crc FROM audit ORDER BY seq")]
    connection.execute("DELETE FROM audit")
    connection.executemany("INSERT INTO audit VALUES (?, ?, ?, ?, ?)", change(rows))
    connection.commit()
    connection.close()
    return verify(path).broken


def resealed(row: Row) -> Row:
    """The row with a right checksum: what an attacker who has read the code would write."""
    return [*row[:4], checksum(tuple(row[:4]))]


def flipped(value: Any, chance: Random) -> Any:
    if isinstance(value, int):
        return value ^ 1 << chance.randrange(20)
    place = chance.randrange(len(value))
    return value[:place] + bytes([value[place] ^ 1 << chance.randrange(8)]) + value[place + 1 :]


def test_the_whole_one_is_whole(whole: Path, tmp_path: Path) -> None:
    assert changed(whole, tmp_path, lambda rows: rows) == ""


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("reseal", [False, True])
def test_a_flipped_bit_of_any_value_is_found(whole: Path, tmp_path: Path, seed: int, reseal: bool) -> None:
    chance = Random(seed)
    number, column = chance.randrange(ROWS), chance.randrange(1, 4 if reseal else 5)

    def change(rows: list[Row]) -> list[Row]:
        rows[number][column] = flipped(rows[number][column], chance)
        rows[number] = resealed(rows[number]) if reseal else rows[number]
        return rows

    assert f"row {number + 1} " in changed(whole, tmp_path, change)


@pytest.mark.parametrize("number", range(1, ROWS + 1))
def test_a_row_taken_out_is_found(whole: Path, tmp_path: Path, number: int) -> None:
    said = changed(whole, tmp_path, lambda rows: rows[: number - 1] + rows[number:])
    assert said.startswith(f"row {number}") and "missing" in said


@pytest.mark.parametrize("number", range(1, ROWS + 1))
def test_a_row_taken_out_with_the_others_moved_up_is_found(whole: Path, tmp_path: Path, number: int) -> None:
    def change(rows: list[Row]) -> list[Row]:
        left = rows[: number - 1] + rows[number:]
        return [resealed([place, *row[1:]]) for place, row in enumerate(left, 1)]

    assert changed(whole, tmp_path, change).startswith(f"row {number} ")


@pytest.mark.parametrize("number", range(1, ROWS + 2))
def test_a_row_put_in_is_found(whole: Path, tmp_path: Path, number: int) -> None:
    def change(rows: list[Row]) -> list[Row]:
        before = ChainEnd(number - 1, rows[number - 2][3]) if number > 1 else ChainEnd()
        body = msgpack.packb({"decision": "accepted", "client": "eve"})
        new = [number, 5, body, before.followed_by(5, body).link, 0]
        later = [resealed([row[0] + 1, *row[1:]]) for row in rows[number - 1 :]]
        return [*rows[: number - 1], resealed(new), *later]

    assert changed(whole, tmp_path, change).startswith(f"row {number + 1 if number < ROWS else number} ")


@pytest.mark.parametrize("seed", range(12))
def test_two_rows_that_changed_places_are_found(whole: Path, tmp_path: Path, seed: int) -> None:
    one, other = sorted(Random(seed).sample(range(ROWS), 2))

    def change(rows: list[Row]) -> list[Row]:
        rows[one], rows[other] = [one + 1, *rows[other][1:]], [other + 1, *rows[one][1:]]
        return [resealed(row) for row in rows]

    assert changed(whole, tmp_path, change).startswith(f"row {one + 1} ")


def test_a_tail_that_was_written_anew_contradicts_the_mark(whole: Path, tmp_path: Path) -> None:
    def change(rows: list[Row]) -> list[Row]:
        end, made = ChainEnd(ROWS - 2, rows[-3][3]), rows[:-2]
        for _ in range(2):
            end = end.followed_by(1, b"\x80")
            made.append(resealed([end.seq, 1, b"\x80", end.link]))
        return made

    assert "mark tells of" in changed(whole, tmp_path, change)


@pytest.mark.parametrize("value", [None, 4.5, "4", b"4"])
def test_a_number_of_another_kind_is_found(whole: Path, tmp_path: Path, value: object) -> None:
    def change(rows: list[Row]) -> list[Row]:
        rows[3][0] = value
        rows[3] = resealed(rows[3])
        return rows

    if value is None:
        with pytest.raises(sqlite3.IntegrityError):
            changed(whole, tmp_path, change)
    else:
        assert changed(whole, tmp_path, change)


def test_rows_are_chosen_by_client_key_account_decision_and_time(whole: Path) -> None:
    def count(**wanted: Any) -> int:
        return len([*show(whole, Wanted(**wanted))])

    assert count() == count(client="alice", key="ab", account="DU1", decision="accepted") == ROWS
    assert count(client="bob") == count(key="b") == count(account="DU2") == count(decision="refused") == 0
    assert count(since_us=2_000_000, until_us=4_000_000) == 2


def test_nothing_is_written_beside_the_file(whole: Path, tmp_path: Path) -> None:
    shutil.copy(whole, tmp_path / "journal.db")
    tmp_path.chmod(0o500)
    assert verify(tmp_path / "journal.db").rows == ROWS
    assert [each.name for each in tmp_path.iterdir()] == ["journal.db"]
    tmp_path.chmod(0o700)


def test_what_is_no_journal_with_an_audit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="There is no journal"):
        verify(tmp_path / "none.db")
    build(tmp_path / "old.db", 3)
    with pytest.raises(CannotStart, match="schema version 3"):
        verify(tmp_path / "old.db")
    (tmp_path / "junk.db").write_bytes(b"junk" * 1000)
    with pytest.raises(CannotStart, match="cannot be read"):
        verify(tmp_path / "junk.db")
