"""The formats that bars are written in, by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from twsbridge.download import csv_format, parquet_format
from twsbridge.download.table import Table

FormatName = Literal["parquet", "csv"]


class Format(NamedTuple):
    """`check` raises MissingExtra when the format needs a package that is not there."""

    suffix: str
    write: Callable[[Path, Table, dict[str, str]], None]
    read: Callable[[Path], Table]
    check: Callable[[], object] = lambda: None


FORMATS: dict[FormatName, Format] = {
    "parquet": Format(parquet_format.SUFFIX, parquet_format.write, parquet_format.read, parquet_format.import_arrow),
    "csv": Format(csv_format.SUFFIX, csv_format.write, csv_format.read),
}


def format_of(path: Path) -> Format:
    """The format of a file, by its name; raises ValueError."""
    for each in FORMATS.values():
        if path.suffix == each.suffix:
            return each
    raise ValueError(f"{path} is neither {' nor '.join(FORMATS)}")
