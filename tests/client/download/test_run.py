from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.client.download.scene import Scene
from twsbridge.download import DownloadProgress, load, source
from twsbridge.download.wish import Wish
from twsbridge.errors import BridgeError, InvalidRequest, make_error
from twsbridge.protocol.commands import GetBars

FOLDER = "AAPL/1_min_TRADES_rth"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def starts(scene: Scene) -> list[str]:
    from tests.client.download.scene import ZONE
    from twsbridge.times import to_datetime

    return [f"{to_datetime(each.start_us or 0).astimezone(ZONE):%Y-%m-%d}" for each in scene.asked]


def test_a_second_run_asks_for_what_is_missing_and_nothing_else(scene: Scene) -> None:
    (first,) = scene.run("AAPL")
    assert first.error is None and first.unfinished == ["2024-06"]
    assert starts(scene) == [f"2024-0{month}-01" for month in range(1, 7)]
    assert [bar.time.date().isoformat() for bar in load(scene.root / FOLDER)][-1] == "2024-06-14"  # type: ignore[union-attr]
    scene.asked.clear()
    scene.final = date(2024, 7, 3)
    (second,) = scene.run("AAPL")
    assert (starts(scene), second.unfinished, second.files) == (["2024-06-01"], [], 1)
    scene.asked.clear()
    assert scene.run("AAPL")[0].bars == 0 and scene.asked == []
    assert len(load(scene.root / FOLDER)) == 130


def test_errors_of_one_do_not_stop_the_others(scene: Scene) -> None:
    unknown, nonsense, good = scene.run("XXXX", "@", "AAPL")
    assert isinstance(unknown.error, BridgeError) and unknown.folder is None
    assert isinstance(nonsense.error, InvalidRequest)
    assert good.error is None and good.bars == 120


def test_an_error_in_the_middle_keeps_what_is_there(scene: Scene) -> None:
    def refuse(command: GetBars) -> None:
        if len(scene.asked) == 3:
            raise BridgeError(make_error("tws.error", "no"))

    scene.refuse = refuse
    (result,) = scene.run("AAPL")
    assert result.files == 2 and "2024-03" in result.unfinished and isinstance(result.error, BridgeError)
    scene.asked.clear()
    scene.refuse = lambda command: None
    assert scene.run("AAPL")[0].error is None
    assert starts(scene)[0] == "2024-03-01"


def test_what_passes_by_itself_is_waited_for(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twsbridge.download.series.RETRIES_S", (0.0, 0.0))

    def refuse(command: GetBars) -> None:
        if len(scene.asked) in (2, 3):
            raise BridgeError(make_error("tws.disconnected", "TWS is away"))

    scene.refuse = refuse
    (result,) = scene.run("AAPL")
    assert result.error is None and starts(scene)[1:4] == ["2024-02-01"] * 3


def test_the_estimate_comes_first_and_the_share_grows_to_one(scene: Scene) -> None:
    heard: list[DownloadProgress] = []
    scene.run("AAPL", hear=heard.append)
    assert (heard[0].share, heard[0].requests, heard[0].left_s) == (0.0, 30, 60.0)
    assert heard[-1].share == 1.0 and heard[-1].bars == 120
    assert [each.share for each in heard] == sorted(each.share for each in heard)


def test_ctrl_c_ends_it_and_a_later_run_goes_on(scene: Scene) -> None:
    def interrupt(progress: DownloadProgress) -> None:
        if progress.bars:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scene.run("AAPL", "MSFT", hear=interrupt)
    assert all(result.error is None for result in scene.run("AAPL", "MSFT"))
    assert len(load(scene.root / FOLDER)) == 120


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"bar_size": "7 mins"}, "bar_size"),
        ({"what_to_show": "ADJUSTED_LAST"}, "what_to_show"),
        ({"end": date(2023, 1, 1)}, "end"),
        ({"format_name": "xls"}, "file_format"),
    ],
)
def test_nonsense_is_refused_before_anybody_is_asked(scene: Scene, wish: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        scene.run("AAPL", **wish)
    assert refused.value.field == field and list(scene.root.iterdir()) == []


def test_another_contract_in_the_same_folder_is_refused(scene: Scene) -> None:
    scene.run("AAPL")
    scene.con_id = 2
    (result,) = scene.run("AAPL")
    assert "con_id 1 and not 2" in str(result.error)


def test_currencies_have_midpoints(scene: Scene) -> None:
    assert Wish("1 day", date(2024, 1, 1)).format.suffix == ".parquet"
    scene.run("EUR.USD", bar_size="1 day")
    assert {each.what_to_show for each in scene.asked} == {"MIDPOINT"} and len(scene.asked) == 1
    assert source.PIECE_S >= 600
