"""What the bridge writes, read by the simulator's reader: two programs that share no code."""

from __future__ import annotations

from pathlib import Path

import pytest

from twsbridge_server import recording_files
from twsbridge_server.recording_files import PARTS, RecordingFiles
from twssim.recording import RecordedSession, read_recording
from twssim.wire import frame, message

HELLO = b"API\0" + frame(b"v100..200")
GREETING = message(200, "20261102 09:30:00 GMT")


def begun(directory: Path, limit: int = 1 << 30) -> RecordingFiles:
    files = RecordingFiles(directory, limit, "test")
    files.event(1, 1, "opened", "127.0.0.1:7497")
    files.content(2, 1, "client", HELLO)
    files.content(3, 1, "tws", GREETING)
    return files


def payloads(session: RecordedSession, side: str) -> list[bytes]:
    return [frame.payload for frame in session.frames if frame.side == side]


def test_every_byte_direction_and_moment_is_read_again(tmp_path: Path) -> None:
    files = begun(tmp_path)
    whole = message(49, 1, 1795521600)
    files.content(4, 1, "tws", whole[:7])
    files.content(5, 1, "tws", whole[7:] + frame(b"\xff\0"))
    files.event(6, 1, "closed", "it was closed by TWS")
    files.close()
    [session] = read_recording(tmp_path)
    assert (session.server_version, session.ended_us) == (200, 6)
    assert payloads(session, "client") == [b"v100..200"]
    assert payloads(session, "tws") == [GREETING[4:], whole[4:], b"\xff\0"]
    assert [each.us for each in session.frames] == [2, 3, 5, 5]


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    begun(tmp_path).close()
    [path] = tmp_path.iterdir()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("size", [1, 3, 700, 5000])
def test_parts_are_bounded_and_the_last_ones_can_be_read_alone(tmp_path: Path, size: int) -> None:
    sent = [b"%d\0" % number + b"x" * (number % 97) for number in range(2000)]
    stream = b"".join(map(frame, sent))
    files = begun(tmp_path, limit=PARTS * 3000)
    for at in range(0, len(stream), size):
        files.content(4 + at, 1, "tws", stream[at : at + size])
    files.close()
    parts = sorted(tmp_path.iterdir())
    assert len(parts) == PARTS
    assert max(part.stat().st_size for part in parts) < 3000 + 3 * size + 500
    [together] = read_recording(tmp_path)
    kept = payloads(together, "tws")
    assert kept[0] == GREETING[4:] and kept[1:] == sent[len(sent) - len(kept) + 1 :] and len(kept) > 5
    [alone] = read_recording(parts[-1])
    last = payloads(alone, "tws")[1:]
    assert last == sent[len(sent) - len(last) :]


def test_the_disk_is_not_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_files, "RESERVE", 1 << 60)
    files = RecordingFiles(tmp_path, 1 << 30, "test")
    with pytest.raises(OSError, match="are kept free"):
        files.event(1, 1, "opened", "127.0.0.1:7497")
    files.close()


def test_parts_of_another_recording_are_left_alone(tmp_path: Path) -> None:
    for _ in range(PARTS + 3):
        begun(tmp_path).close()
    assert len(list(tmp_path.iterdir())) == PARTS + 3
