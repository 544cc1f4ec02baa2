from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.client.fake_bridge import ORDERS, FakeBridge, execution
from tests.waiting import PATIENCE
from twsbridge import Client, csv_fills
from twsbridge.csv_log import COLUMNS, CsvLog
from twsbridge.cursor import Cursor
from twsbridge.fills import Fill


def fill(exec_id: str, seq: int = 1, epoch: str = "e") -> Fill:
    return Fill.model_validate({**execution(exec_id), "stream": ORDERS, "epoch": epoch, "seq": seq})


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_line_has_the_fill_and_its_place(tmp_path: Path) -> None:
    path = tmp_path / "fills.csv"
    with CsvLog(path) as log:
        assert log.cursor is None
        log.add(fill("a.1", 3))
        assert "a.1" in log and log.cursor == Cursor("e", {ORDERS: 3})
    (row,) = rows(path)
    assert tuple(row) == COLUMNS
    assert (row["action"], row["shares"], row["contract"], row["price"]) == ("BUY", "10", "AAPL", "190.01")
    assert (row["exec_id"], row["epoch"], row["seq"], row["commission"]) == ("a.1", "e", "3", "")


def test_a_line_is_on_disk_before_the_next_one_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synchronised: list[int] = []
    real = os.fsync

    def noting(file: int) -> None:
        real(file)
        synchronised.append(os.fstat(file).st_size)

    monkeypatch.setattr(os, "fsync", noting)
    with CsvLog(tmp_path / "fills.csv") as log:
        for seq, name in enumerate(("a.1", "b.1"), 1):
            log.add(fill(name, seq))
            assert synchronised[-1] == log.path.stat().st_size
    assert len(set(synchronised)) == 3


def test_a_restart_knows_what_is_there(tmp_path: Path) -> None:
    with CsvLog(tmp_path / "fills.csv") as log:
        log.add(fill("a.1", 3))
        log.add(fill("b.1", 5))
    with CsvLog(tmp_path / "fills.csv") as again:
        assert again.cursor == Cursor("e", {ORDERS: 5})
        assert "a.1" in again and "b.1" in again


def test_the_place_is_of_the_newest_history(tmp_path: Path) -> None:
    with CsvLog(tmp_path / "fills.csv") as log:
        log.add(fill("a.1", 30))
        log.add(fill("b.1", 2, "f"))
    with CsvLog(tmp_path / "fills.csv") as again:
        assert again.cursor == Cursor("f", {ORDERS: 2})


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_wherever_a_crash_tears_the_file_every_fill_is_there_once_in_the_end(
    tmp_path: Path, data: st.DataObject
) -> None:
    path = tmp_path / "fills.csv"
    path.unlink(missing_ok=True)
    names = [f"{letter}.1" for letter in "abcde"]
    with CsvLog(path) as log:
        for seq, name in enumerate(names, 1):
            log.add(fill(name, seq))
    content = path.read_bytes()
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    with CsvLog(path) as log:
        last = log.cursor.seq if log.cursor else 0
        for seq, name in list(enumerate(names, 1))[last:]:
            log.add(fill(name, seq))
    assert [row["exec_id"] for row in rows(path)] == names


def test_a_tail_of_zeros_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "fills.csv"
    with CsvLog(path) as log:
        log.add(fill("a.1", 1))
    with path.open("ab") as file:
        file.write(b"\0" * 100)
    with CsvLog(path) as log:
        log.add(fill("b.1", 2))
    assert [row["exec_id"] for row in rows(path)] == ["a.1", "b.1"]


@pytest.mark.parametrize("content", [b"my,own,notes\n1,2,3\n", b"no table at all", b"\xff\xfe binary"])
def test_another_file_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"notes\.csv.*nothing was changed"):
        CsvLog(path)
    assert path.read_bytes() == content


def test_two_programs_cannot_write_one_file(tmp_path: Path) -> None:
    with CsvLog(tmp_path / "fills.csv"), pytest.raises(ValueError, match="another program"):
        CsvLog(tmp_path / "fills.csv")


def test_texts_with_commas_and_quotes_survive(tmp_path: Path) -> None:
    path = tmp_path / "fills.csv"
    odd = fill("a.1").model_copy(update={"owner": 'one, "two"'})
    with CsvLog(path) as log:
        log.add(odd)
    with CsvLog(path) as again:
        assert "a.1" in again
    assert rows(path)[0]["owner"] == 'one, "two"'


def test_fills_are_in_the_file_when_they_come_out(tmp_path: Path, fake: FakeBridge, client: Client) -> None:
    path = tmp_path / "fills.csv"
    for name in ("a.1", "b.1"):
        fake.publish(ORDERS, "execution", execution(name))
    for count, _ in enumerate(csv_fills(path, client, None, follow=False), 1):
        assert len(rows(path)) == count
    fake.publish(ORDERS, "execution", execution("c.1"))
    assert [each.exec_id for each in csv_fills(path, client, "now", follow=False)] == ["c.1"]


LOGGER = """
import json, sys
from twsbridge import Client, csv_fills
with Client(json.loads(sys.argv[1])) as client:
    for fill in csv_fills(sys.argv[2], client, since=None):
        print(fill.exec_id, flush=True)
"""


def test_killed_at_any_moment_and_started_again_every_fill_is_there_once(tmp_path: Path, fake: FakeBridge) -> None:
    path = tmp_path / "fills.csv"
    command = [sys.executable, "-c", LOGGER, json_of(fake), str(path)]
    names = [f"f{number}.1" for number in range(400)]
    published = iter(names)
    for lines_before_the_kill in (1, 40, 90):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as logger:
            assert logger.stdout is not None
            for _ in range(120):
                fake.publish(ORDERS, "execution", execution(next(published)), lost=_ % 7 == 0)
            for _ in range(lines_before_the_kill):
                assert logger.stdout.readline()
            os.kill(logger.pid, signal.SIGKILL)
    for name in published:
        fake.publish(ORDERS, "execution", execution(name))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as logger:
        assert logger.stdout is not None
        deadline = time.monotonic() + PATIENCE
        while logger.stdout.readline().strip() != names[-1]:
            assert time.monotonic() < deadline
        logger.terminate()
    assert [row["exec_id"] for row in rows(path)] == names


def json_of(fake: FakeBridge) -> str:
    import json

    return json.dumps(fake.connection)
