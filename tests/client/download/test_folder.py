from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.client.download.scene import bars_of, noon
from tests.client.download.test_manifest import ABOUT
from twsbridge.download.calendar import Piece, pieces
from twsbridge.download.folder import SeriesFolder, place_of
from twsbridge.download.formats import FORMATS
from twsbridge.download.manifest import NAME
from twsbridge.download.whole_files import UNFINISHED
from twsbridge.protocol.models import Contract

JANUARY = Piece("2024-01", date(2024, 1, 1), date(2024, 2, 1))
DAYS = [date(2024, 1, 1) + timedelta(days=days) for days in range(31)]
FINAL = noon(date(2024, 3, 1))


def opened(path: Path) -> SeriesFolder:
    return SeriesFolder(path, ABOUT, FORMATS["csv"])


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[SeriesFolder]:
    found = opened(tmp_path / "s")
    yield found
    found.close()


def test_each_series_has_its_place(tmp_path: Path) -> None:
    path = place_of(tmp_path, Contract(symbol="A B/C", sec_type="STK"), "1 min", "TRADES", False)
    assert path.relative_to(tmp_path).as_posix() == "STK_A_B_C/1_min_TRADES_all"
    assert place_of(tmp_path, Contract(symbol=".."), "1 min", "BID", True).parent.parent == tmp_path


def test_what_is_kept_is_not_missing_any_more(folder: SeriesFolder) -> None:
    assert folder.missing([JANUARY]) == [JANUARY]
    assert folder.keep(JANUARY, bars_of(DAYS, "1 min", FINAL)) == 31
    assert folder.missing([JANUARY]) == []
    wider = pieces("1 min", date(2023, 12, 30), date(2024, 2, 2))
    assert [piece.name for piece in folder.missing(wider)] == ["2023-12", "2024-02"]


def test_only_whole_days_that_are_final_are_kept(folder: SeriesFolder) -> None:
    assert folder.keep(JANUARY, bars_of(DAYS, "1 min", noon(date(2024, 1, 11)) + 1)) == 10
    assert folder.missing([JANUARY]) == [JANUARY]
    assert folder.manifest.files["2024-01.csv"].before == date(2024, 1, 11)
    assert folder.keep(JANUARY, bars_of(DAYS, "1 min", 0)) == 0
    assert folder.manifest.files["2024-01.csv"].count == 10


def test_less_never_takes_the_place_of_more(folder: SeriesFolder) -> None:
    folder.keep(JANUARY, bars_of(DAYS, "1 min", FINAL))
    assert folder.keep(JANUARY, bars_of(DAYS, "1 min", noon(date(2024, 1, 11)))) == 0
    part = Piece("2024-01", date(2024, 1, 20), date(2024, 2, 1))
    (path,) = folder.path.glob("*.csv")
    path.unlink()
    assert folder.missing([part]) == [part]


def test_a_piece_grows_with_what_its_file_has(folder: SeriesFolder) -> None:
    late = Piece("2024-01", date(2024, 1, 20), date(2024, 2, 1))
    folder.keep(late, bars_of(DAYS, "1 min", FINAL))
    early = Piece("2024-01", date(2024, 1, 5), date(2024, 1, 10))
    assert folder.missing([early]) == [Piece("2024-01", date(2024, 1, 5), date(2024, 2, 1))]


def test_a_file_of_another_size_is_fetched_again(folder: SeriesFolder) -> None:
    folder.keep(JANUARY, bars_of(DAYS, "1 min", FINAL))
    (path,) = folder.path.glob("*.csv")
    path.write_text(path.read_text()[:-10])
    assert folder.missing([JANUARY]) == [JANUARY]


def test_two_processes_do_not_write_to_one_folder(folder: SeriesFolder) -> None:
    with pytest.raises(ValueError, match="Another download"):
        opened(folder.path)
    folder.close()
    opened(folder.path).close()


def test_what_a_killed_one_left_is_swept_and_a_damaged_manifest_told(folder: SeriesFolder) -> None:
    folder.close()
    left = folder.path / f"2024-01.csv{UNFINISHED}"
    left.touch()
    opened(folder.path).close()
    assert not left.exists()
    (folder.path / NAME).write_text("{")
    for _ in range(2):
        with pytest.raises(ValueError, match="Delete it"):
            opened(folder.path)
