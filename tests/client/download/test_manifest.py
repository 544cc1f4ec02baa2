from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from twsbridge.download.manifest import NAME, FileEntry, Manifest, read_manifest, write_manifest
from twsbridge.protocol.models import Contract
from twsbridge.protocol.replies import BarSource

ABOUT = Manifest(
    version=1,
    contract=Contract(con_id=1, symbol="AAPL"),
    tz="US/Eastern",
    bar_size="1 min",
    what_to_show="TRADES",
    use_rth=True,
)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) is None
    source = BarSource(start_us=1, end_us=2, count=3, fetched_us=4, server_version=5)
    entry = FileEntry(first=date(2024, 1, 1), before=date(2024, 2, 1), count=3, bytes=9, sources=[source])
    manifest = ABOUT.model_copy(update={"files": {"2024-01.csv": entry}})
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest


def test_a_damaged_one_is_told(tmp_path: Path) -> None:
    for text in ("{", '{"version": 2}'):
        (tmp_path / NAME).write_text(text)
        with pytest.raises(ValueError, match="Delete it"):
            read_manifest(tmp_path)


def test_what_it_is_about() -> None:
    assert ABOUT.is_about(ABOUT.model_copy(update={"begins": date(2024, 1, 1)}))
    assert not ABOUT.is_about(ABOUT.model_copy(update={"use_rth": False}))
