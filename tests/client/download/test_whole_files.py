from __future__ import annotations

from pathlib import Path

import pytest

from twsbridge.download.whole_files import UNFINISHED, sweep, write_whole


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for text in ("old", "new"):
        write_whole(path, lambda unfinished, text=text: unfinished.write_text(text))
        assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]


def test_what_breaks_off_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")

    def write(unfinished: Path) -> None:
        unfinished.write_text("ne")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_whole(path, write)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / f"a.csv{UNFINISHED}").touch()
    (tmp_path / "a.csv").touch()
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
