import json
import shutil
from pathlib import Path

import pytest

from twsbridge_server.quarantine import Quarantine


def test_a_message_is_kept_with_what_was_wrong(tmp_path: Path) -> None:
    Quarantine(tmp_path)(b"\x00\xffabc", "filled is NOTANUMBER")
    (path,) = tmp_path.iterdir()
    kept = json.loads(path.read_text())
    assert bytes.fromhex(kept["payload_hex"]) == b"\x00\xffabc"
    assert kept["problem"] == "filled is NOTANUMBER"
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_never_fills_the_disk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        quarantine = Quarantine(tmp_path, max_files=3)
        for _ in range(4):
            quarantine(b"x", "bad")
    assert len(list(tmp_path.iterdir())) == 3
    assert "is full" in caplog.text


def test_a_disk_that_fails_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    quarantine = Quarantine(tmp_path / "gone")
    shutil.rmtree(tmp_path)
    quarantine(b"x", "bad")
    assert "could not be kept" in caplog.text
