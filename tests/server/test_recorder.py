from __future__ import annotations

import json
import logging
import threading
from pathlib import Path

import pytest

from tests.bridge_process import BridgeProcess
from tests.waiting import PATIENCE, eventually
from twsbridge import Client
from twsbridge_server import recorder as module
from twsbridge_server.errors import CannotStart
from twsbridge_server.recorder import Recorder, record_to
from twsbridge_server.recording_files import RecordingFiles
from twsbridge_server.tws.tap import LEFT
from twssim.recording import read_recording
from twssim.runner import SimulatedTws


class Disk(RecordingFiles):
    """A disk that fails, or that takes for ever."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, 1 << 30, "test")
        self.works, self.is_stuck = threading.Event(), threading.Event()
        self.fault: OSError | None = None

    def content(self, us: int, session: int, side: str, content: bytes) -> None:
        self.is_stuck.set()
        self.works.wait()
        if self.fault:
            raise self.fault


def test_a_failing_disk_ends_the_recording_with_a_notice(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    disk = Disk(tmp_path)
    disk.fault = OSError(28, "No space left on device")
    disk.works.set()
    recorder = Recorder(disk, tmp_path)
    recorder.opened("host:1")
    recorder.sent(b"x")
    eventually(lambda: "No space left on device. The bridge goes on." in caplog.text)
    recorder.received(b"y")
    recorder.close()
    assert len(caplog.records) == 1


def test_a_slow_disk_holds_nobody_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_BACKLOG", 1000)
    disk = Disk(tmp_path)
    recorder = Recorder(disk, tmp_path)
    recorder.opened("host:1")
    recorder.received(b"x")
    assert disk.is_stuck.wait(PATIENCE)
    for _ in range(20):
        recorder.received(bytes(100))
    assert caplog.text.count("its disk is too slow") == 1
    disk.works.set()
    recorder.close()


def test_what_waits_is_written_at_the_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    recorder = record_to(tmp_path / "new" / "folder", 64 << 20)
    recorder.opened("host:1")
    for number in range(1000):
        recorder.received(b"%d" % number)
    recorder.closed("enough")
    recorder.close()
    [part] = (tmp_path / "new" / "folder").iterdir()
    assert len(part.read_bytes().splitlines()) == 1003
    assert "Recording the TWS session" in caplog.text


@pytest.mark.parametrize(("reason", "event"), [(LEFT, "left"), ("it was closed by TWS", "closed")])
def test_only_an_end_by_tws_is_one_that_a_replay_repeats(tmp_path: Path, reason: str, event: str) -> None:
    recorder = record_to(tmp_path, 64 << 20)
    recorder.opened("host:1")
    recorder.closed(reason)
    recorder.close()
    [part] = tmp_path.iterdir()
    assert json.loads(part.read_bytes().splitlines()[-1])["event"] == event


def test_a_place_that_cannot_be_written_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="Choose another directory with --record"):
        record_to(tmp_path / "file", 1 << 30)


def test_a_bridge_records_its_sessions(tmp_path: Path, simulator: SimulatedTws) -> None:
    flags = ("--record", str(tmp_path / "rec"))
    with BridgeProcess(tmp_path / "b", f"127.0.0.1:{simulator.port}", *flags) as bridge:
        with Client(bridge.connection_file) as client:
            eventually(lambda: client.status().state == "READY")
            simulator.drop_connections()
            eventually(lambda: len(simulator.ledger.of("session")) == 3)
            eventually(lambda: client.status().state == "READY")
        assert bridge.stop() == 0
    first, second = read_recording(tmp_path / "rec")
    assert first.ended_us and first.ended_us < second.frames[0].us and second.ended_us is None
    for session in (first, second):
        told = [frame.payload for frame in session.frames if frame.side == "tws"]
        assert session.server_version == 200 and b"15\x001\x00DU1234567\x00" in told
        asked = [frame.payload for frame in session.frames if frame.side == "client"]
        assert asked[0].startswith(b"v100..") and asked[1].startswith(b"71\0")
