import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from twsbridge.cli.output import Format, Printer, write_csv
from twsbridge.protocol.models import Contract, Position
from twsbridge.rows import Rows

COLUMNS = ("day", "at", "size", "price", "text")
RECORD = {
    "day": date(2026, 1, 2),
    "at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    "size": Decimal("0.10"),
    "price": 1.5,
    "text": 'a,"b"',
    "hidden": 1,
}
EMPTY = {name: None for name in RECORD}

Captured = pytest.CaptureFixture[str]


def test_without_a_terminal_it_is_csv(capsys: Captured) -> None:
    printer = Printer()
    printer.records([RECORD, EMPTY], COLUMNS, "nothing")
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows == [
        list(COLUMNS),
        ["2026-01-02", "2026-01-02T03:04:05+00:00", "0.10", "1.5", 'a,"b"'],
        ["", "", "", "", ""],
    ]


def test_csv_has_its_header_once_and_also_when_there_is_nothing(capsys: Captured) -> None:
    Printer(Format.CSV).records([], COLUMNS, "nothing")
    assert capsys.readouterr() == ("day,at,size,price,text\n", "")
    printer = Printer(Format.CSV)
    printer.one(RECORD, COLUMNS)
    printer.one(RECORD, COLUMNS)
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_json_has_every_field(capsys: Captured) -> None:
    Printer(Format.JSON).records([RECORD, EMPTY], COLUMNS, "nothing")
    first, second = json.loads(capsys.readouterr().out)
    assert first == RECORD | {"day": "2026-01-02", "at": "2026-01-02T03:04:05+00:00", "size": "0.10"}
    assert set(second.values()) == {None}
    Printer(Format.JSON).records([], COLUMNS, "nothing")
    assert json.loads(capsys.readouterr().out) == []


def test_json_lines_are_one_object_each(capsys: Captured) -> None:
    Printer(Format.JSONL).records([RECORD, RECORD], COLUMNS, "nothing")
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["price"] for line in lines] == [1.5, 1.5]


def test_people_get_words_instead_of_an_empty_table(capsys: Captured) -> None:
    Printer(Format.TABLE).records([], COLUMNS, "No positions.")
    assert capsys.readouterr() == ("", "No positions.\n")


def test_people_get_text_bit_by_bit(capsys: Captured) -> None:
    Printer(Format.TABLE).one(RECORD, COLUMNS, "BUY 10")
    assert capsys.readouterr().out == "BUY 10\n"


def test_rows_have_the_columns_of_their_kind(capsys: Captured) -> None:
    Printer(Format.CSV).rows(
        Rows([Position(account="DU1234567", contract=Contract(con_id=7), position=Decimal(3))]), "Position", ""
    )
    assert capsys.readouterr().out == "account,contract,position,avg_cost\nDU1234567,conid:7,3,0.0\n"


def test_a_file_is_csv_too(tmp_path: Path) -> None:
    write_csv(str(tmp_path / "a.csv"), [COLUMNS, list(RECORD.values())[:5]])
    assert (tmp_path / "a.csv").read_text().splitlines()[1].startswith("2026-01-02,2026-01-02T03:04:05+00:00,0.10,1.5,")
