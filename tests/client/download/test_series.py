from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import cast

from tests.client.download.scene import Scene
from twsbridge.channel import Channel
from twsbridge.contracts import Stock
from twsbridge.download.result import Downloaded
from twsbridge.download.series import find
from twsbridge.download.source import Source
from twsbridge.download.wish import Wish


def test_what_tws_does_not_have_is_not_asked_for(tmp_path: Path) -> None:
    scene = Scene(tmp_path, begins=date(2024, 5, 20))
    wish = Wish("1 min", date(2024, 1, 1), date(2024, 6, 1), format_name="csv")
    source = Source(cast(Channel, scene), wish)
    series = find(Stock("AAPL"), wish, tmp_path, source)
    assert [(piece.first, piece.before) for piece in series.missing] == [(date(2024, 5, 20), date(2024, 6, 1))]
    said: list[str] = []
    result = Downloaded("AAPL")
    series.fetch(source, result, said.append)
    series.folder.close()
    assert said == ["AAPL 2024-05: 10 bars"] and series.done == series.requests == 2
    assert (result.bars, result.files, result.unfinished) == (10, 1, [])


def test_without_an_end_it_goes_to_the_last_day_that_is_over(tmp_path: Path) -> None:
    wish = Wish("1 day", date(2024, 1, 1), format_name="csv")
    series = find(Stock("AAPL"), wish, tmp_path, Source(cast(Channel, Scene(tmp_path)), wish))
    series.folder.close()
    assert series.wanted[-1].before <= date.today()
