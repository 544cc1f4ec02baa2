"""The simulator's own record of what happened."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from twssim.ledger import Ledger, LedgerFile, Record, read_ledger


def some_records() -> list[Record]:
    ledger = Ledger(None, lambda: 12.5)
    ledger.append("started", accounts=("A", "B"), cash=Decimal("1E+5"))
    ledger.append("execution", price=Decimal("1.50"), nested={"legs": [{"ratio": Decimal(2)}]}, nothing=None)
    return ledger.records


def test_a_record_has_a_number_a_time_and_only_plain_values() -> None:
    first, second = some_records()
    assert first == {"seq": 1, "time": 12.5, "record": "started", "accounts": ["A", "B"], "cash": "100000"}
    assert second["seq"] == 2
    assert (second["price"], second["nested"], second["nothing"]) == ("1.50", {"legs": [{"ratio": "2"}]}, None)


def test_unwritten_records_are_taken_once() -> None:
    ledger = Ledger(None, lambda: 0.0)
    ledger.append("line", state="opened")
    assert len(ledger.take_unwritten()) == 1
    assert ledger.take_unwritten() == [] and len(ledger.of("line")) == 1


def test_numbers_go_on_after_an_earlier_run() -> None:
    ledger = Ledger(some_records(), lambda: 0.0)
    ledger.append("line")
    assert ledger.records[-1]["seq"] == 3
    assert [record["seq"] for record in ledger.take_unwritten()] == [3]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    assert read_ledger(path) == []
    for record in some_records():
        file = LedgerFile(path)
        file.write([record])
        file.write([])
        file.close()
    assert read_ledger(path) == some_records()


def test_a_line_cut_off_by_a_crash_is_not_read_and_not_built_upon(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    file = LedgerFile(path)
    file.write(some_records())
    file.close()
    with path.open("ab") as torn:
        torn.write(b'{"seq":3,"ti')
    assert read_ledger(path) == some_records()
    file = LedgerFile(path)
    file.write([{"seq": 3, "time": 0.0, "record": "line"}])
    file.close()
    assert [record["seq"] for record in read_ledger(path)] == [1, 2, 3]


@pytest.mark.parametrize("content", ["hello\n", "[]\n", '{"seq":2}\n', '{"seq":1}\n{"seq":3}\n', "\n"])
def test_another_file_is_not_taken_for_a_ledger(tmp_path: Path, content: str) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(content)
    with pytest.raises(ValueError, match="is not a ledger: line"):
        read_ledger(path)
