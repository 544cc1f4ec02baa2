from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.client.download.scene import bars_of
from twsbridge.download.formats import FORMATS, FormatName, format_of
from twsbridge.download.table import Table, table_of

DAYS = [date(2024, 3, 1), date(2024, 3, 4)]


def without_volume(table: Table) -> Table:
    gone = {name: [-1.0] * len(table) for name in ("volume", "wap")}
    return replace(table, floats=table.floats | gone)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("size", ["1 min", "1 day"])
@pytest.mark.parametrize("days", [DAYS, []])
def test_what_is_written_is_read_again(name: FormatName, size: str, days: list[date], tmp_path: Path) -> None:
    wanted = FORMATS[name]
    path = tmp_path / f"a{wanted.suffix}"
    for table in (table_of(bars_of(days, size, 9)), without_volume(table_of(bars_of(days, size, 9, count=-1)))):
        wanted.write(path, table, {"tz": "UTC"})
        assert wanted.read(path) == table
    assert format_of(path) is wanted


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="neither parquet nor csv"):
        format_of(tmp_path / "a.xls")
