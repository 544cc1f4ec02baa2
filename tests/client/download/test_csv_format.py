from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.client.download.scene import bars_of
from twsbridge.download import csv_format
from twsbridge.download.table import table_of


def test_lines_are_for_any_program(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    day = date(2024, 3, 1)
    csv_format.write(path, table_of(bars_of([day], "1 min", 9)), {})
    number = repr(day.toordinal() + 0.1)
    assert path.read_text().splitlines() == [
        "time,open,high,low,close,volume,wap,bar_count",
        f"2024-03-01T17:00:00+00:00,{','.join([number] * 6)},7",
    ]
    csv_format.write(path, table_of(bars_of([day], "1 day", 9, count=-1)), {})
    assert path.read_text().splitlines()[1] == f"2024-03-01,{','.join([number] * 4)},,,"


def test_other_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n")
    with pytest.raises(ValueError, match="other columns"):
        csv_format.read(tmp_path / "a.csv")
