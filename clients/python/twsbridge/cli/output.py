"""Answers on stdout: a table for people, CSV, JSON or JSON lines for programs. Everything else goes to stderr.

Unless -o says otherwise it is a table on a terminal and CSV elsewhere. CSV has the same columns always; JSON has every
field. Times are ISO 8601 in UTC, quantities and money strings, unknown is empty or null.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twsbridge.rows import Rows

Record = dict[str, Any]


class Format(StrEnum):
    """How answers are written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


class Printer:
    """Writes rows in one format. A record is one row; `columns` are the ones that tables and CSV have."""

    def __init__(self, wanted: Format | None = None) -> None:
        self.format = wanted or (Format.TABLE if sys.stdout.isatty() else Format.CSV)
        self._has_header = False

    @property
    def is_for_people(self) -> bool:
        """True when the answer is read, not parsed."""
        return self.format is Format.TABLE

    def rows(self, rows: Rows[Any], kind: str, nothing: str) -> None:
        """Rows of a reply; `kind` names their model, `nothing` is what to say to people when there are none."""
        from twsbridge.cli.tables import VIEWS
        from twsbridge.records import TABLE_COLUMNS

        columns = TABLE_COLUMNS[kind]
        self.records(rows.records, VIEWS.get(kind, columns) if self.is_for_people else columns, nothing)

    def records(self, records: Sequence[Record], columns: Sequence[str], nothing: str) -> None:
        """All records of an answer at once."""
        if self.is_for_people:
            self._table(records, columns, nothing)
        elif self.format is Format.JSON:
            print(json.dumps([plain(record) for record in records], indent=2))
        else:
            self._header(columns)
            for record in records:
                self.one(record, columns)

    def one(self, record: Record, columns: Sequence[str], text: str = "") -> None:
        """One record of an answer that comes bit by bit, at once; people read `text`."""
        if self.is_for_people:
            print(text, flush=True)
        elif self.format is Format.CSV:
            self._header(columns)
            print(_line(_cell(record.get(name)) for name in columns), flush=True)
        else:
            print(json.dumps(plain(record)), flush=True)

    def _table(self, records: Sequence[Record], columns: Sequence[str], nothing: str) -> None:
        if not records:
            return note(nothing)
        from twsbridge.cli.tables import print_table

        print_table(records, columns)

    def _header(self, columns: Sequence[str]) -> None:
        if self.format is Format.CSV and not self._has_header:
            print(_line(columns), flush=True)
            self._has_header = True


def note(text: str) -> None:
    """Something for people that is no answer."""
    print(text, file=sys.stderr, flush=True)


def write_csv(path: str, rows: Iterable[Sequence[object]]) -> None:
    """Rows, the header first, as a CSV file."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)


def _line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def _cell(value: object) -> object:
    plain = _value(value)
    return "" if plain is None else plain


def plain(record: Record) -> Record:
    """A record as JSON has it."""
    return {name: _value(value) for name, value in record.items()}


def _value(value: object) -> object:
    """As JSON has it: an instant or a day as ISO 8601, an exact number as a string."""
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value
