from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import cast

import pytest

from tests.client.download.scene import Scene
from twsbridge.channel import Channel
from twsbridge.download import DownloadProgress
from twsbridge.download.asking import Downloading


def test_options_are_passed_on(tmp_path: Path) -> None:
    client = Downloading()
    client._channel = cast(Channel, Scene(tmp_path))
    heard: list[DownloadProgress] = []
    (result,) = client.download(
        ["AAPL"], "1 min", tmp_path, date(2024, 1, 1), end=date(2024, 2, 1), file_format="csv", progress=heard.append
    )
    assert result.bars == 23 and heard
    with pytest.raises(TypeError, match="file_format"):
        client.download(["AAPL"], "1 min", tmp_path, date(2024, 1, 1), format="csv")  # type: ignore[call-arg]
