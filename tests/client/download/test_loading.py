from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.client.download.scene import Scene
from twsbridge.download import load


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_the_same_as_the_bridge_would_answer(tmp_path: Path, name: str) -> None:
    scene = Scene(tmp_path)
    for size in ("1 min", "1 day"):
        (result,) = scene.run("AAPL", bar_size=size, format_name=name)
        bars = load(result.folder or "")
        assert (len(bars), bars.tz, bars.contract.con_id, bars.columns.bar_size) == (120, "US/Eastern", 1, size)
        assert bars.df.index.is_monotonic_increasing and len(bars.columns.sources) == result.files
        part = load(result.folder or "", date(2024, 2, 1), date(2024, 3, 1))
        assert len(part) == 21 and f"{part[0].time:%Y-%m-%d}" == "2024-02-01"


def test_a_folder_without_bars_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no folder of one series"):
        load(tmp_path)
