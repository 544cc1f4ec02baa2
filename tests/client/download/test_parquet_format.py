from __future__ import annotations

import builtins
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from tests.client.download.scene import bars_of
from twsbridge.download import parquet_format
from twsbridge.download.table import table_of
from twsbridge.errors import MissingExtra

DAY = date(2024, 3, 1)


def test_columns_have_types_and_the_file_says_what_it_is_about(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet_format.write(path, table_of(bars_of([DAY], "1 min", 9)), {"tz": "US/Eastern"})
    found = pyarrow.parquet.read_table(path)
    assert str(found.schema.field("time").type) == "timestamp[us, tz=UTC]"
    assert found.schema.metadata[b"twsbridge.tz"] == b"US/Eastern"
    parquet_format.write(path, table_of(bars_of([DAY], "1 day", 9, count=-1)), {})
    found = pyarrow.parquet.read_table(path)
    assert found.to_pylist()[0] | {"open": 0} == {
        **dict.fromkeys(("high", "low", "close"), DAY.toordinal() + 0.1),
        **{"date": DAY, "open": 0, "volume": None, "wap": None, "bar_count": None},
    }


def test_damaged_and_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1")
    with pytest.raises(ValueError, match="no whole Parquet file"):
        parquet_format.read(path)
    pyarrow.parquet.write_table(pyarrow.table({"a": [1]}), path)
    with pytest.raises(ValueError, match="other columns"):
        parquet_format.read(path)


def test_without_pyarrow_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def fake(name: str, *rest: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", fake)
    with pytest.raises(MissingExtra, match=r"twsbridge\[parquet\]"):
        parquet_format.import_arrow()
