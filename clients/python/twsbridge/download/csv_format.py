"""Bars as CSV: a line for each bar, instants as ISO 8601 in UTC, numbers so that nothing of them is lost."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from twsbridge.download.table import FLOATS, MISSING, OPTIONAL, Table
from twsbridge.times import to_micros

SUFFIX = ".csv"
_DATE = len("2024-01-02")


def write(path: Path, table: Table, said: dict[str, str]) -> None:
    """Write a table; what else is known of it stands in the manifest."""
    has_volume = table.has_volume
    columns = [_cells(name, table.floats[name], has_volume) for name in FLOATS]
    columns.append(_cells("bar_count", table.counts, has_volume))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([_time(table), *FLOATS, "bar_count"])
        writer.writerows(zip((time.isoformat() for time in table.times()), *columns, strict=True))


def read(path: Path) -> Table:
    """Read a table that was written here; raises ValueError for any other file."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    if header[1:] != [*FLOATS, "bar_count"]:
        raise ValueError(f"{path} has other columns than bars have")
    columns = list(zip(*rows, strict=True)) or [()] * len(header)
    times, *numbers, counts = columns
    floats = {name: [float(c or MISSING) for c in column] for name, column in zip(FLOATS, numbers, strict=True)}
    return Table(header[0] == "date", [_place(cell) for cell in times], floats, [int(c or MISSING) for c in counts])


def _time(table: Table) -> str:
    return "date" if table.is_dated else "time"


def _cells(name: str, column: list[float] | list[int], has_volume: bool) -> list[str]:
    return [""] * len(column) if name in OPTIONAL and not has_volume else list(map(repr, column))


def _place(cell: str) -> int:
    return to_micros(datetime.fromisoformat(cell if len(cell) > _DATE else f"{cell}T00:00:00+00:00"))
