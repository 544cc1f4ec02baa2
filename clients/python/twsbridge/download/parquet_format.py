"""Bars as Parquet, through Apache Arrow: timestamps in UTC or dates, and in the metadata what the file is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twsbridge.download.table import FLOATS, MISSING, OPTIONAL, Table
from twsbridge.errors import MissingExtra

SUFFIX = ".parquet"
DAY_US = 86_400_000_000


def import_arrow() -> tuple[Any, Any]:
    """The modules pyarrow and pyarrow.parquet; raises MissingExtra with the command that installs them."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingExtra("pyarrow", "parquet") from None
    return pyarrow, pyarrow.parquet


def write(path: Path, table: Table, said: dict[str, str]) -> None:
    """Write a table; `said` becomes metadata of the file, under `twsbridge.NAME`."""
    arrow, parquet = import_arrow()
    columns: dict[str, Any] = {}
    if table.is_dated:
        columns["date"] = arrow.array([place // DAY_US for place in table.places], arrow.int32()).cast(arrow.date32())
    else:
        columns["time"] = arrow.array(table.places, arrow.timestamp("us", tz="UTC"))
    for name in FLOATS:
        columns[name] = arrow.array(_values(name, table.floats[name], table.has_volume), arrow.float64())
    columns["bar_count"] = arrow.array(_values("bar_count", table.counts, table.has_volume), arrow.int64())
    metadata = {f"twsbridge.{name}": value for name, value in said.items()}
    parquet.write_table(arrow.table(columns).replace_schema_metadata(metadata), path)


def read(path: Path) -> Table:
    """Read a table that was written here; raises ValueError for any other file."""
    arrow, parquet = import_arrow()
    try:
        found = parquet.ParquetFile(path).read()
    except arrow.ArrowInvalid as error:
        raise ValueError(f"{path} is no whole Parquet file: {error}") from None
    is_dated = "date" in found.column_names
    if found.column_names[1:] != [*FLOATS, "bar_count"]:
        raise ValueError(f"{path} has other columns than bars have")
    if is_dated:
        places = [day * DAY_US for day in found["date"].cast(arrow.int32()).to_pylist()]
    else:
        places = found["time"].cast(arrow.int64()).to_pylist()
    floats = {name: found[name].fill_null(float(MISSING)).to_pylist() for name in FLOATS}
    return Table(is_dated, places, floats, found["bar_count"].fill_null(MISSING).to_pylist())


def _values(name: str, column: list[Any], has_volume: bool) -> list[Any]:
    return [None] * len(column) if name in OPTIONAL and not has_volume else column
