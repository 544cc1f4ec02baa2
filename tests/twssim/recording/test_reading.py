from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from twssim.recording.reading import NoRecording, RecordedSession, read_recording
from twssim.wire import frame, message

HELLO = b"API\0" + frame(b"v100..200")
GREETING = message(200, "now")
ANSWER = message(9, 1, 5)


def written(path: Path, *lines: dict[str, Any], end: str = "") -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + end)
    return path


def told(session: RecordedSession) -> list[bytes]:
    return [each.payload for each in session.frames if each.side == "tws"]


def test_a_stream_in_hexadecimal_with_seconds(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.jsonl",
        {"t": 0.0, "dir": "out", "hex": HELLO.hex()},
        {"t": 0.5, "dir": "in", "hex": (GREETING + ANSWER).hex()},
        {"t": 1.5, "event": "close"},
        end='{"t": 2.0, "dir": "i',
    )
    [session] = read_recording(path)
    assert told(session) == [GREETING[4:], ANSWER[4:]]
    assert (session.frames[1].us, session.ended_us) == (500_000, 1_500_000)


def test_raw_files_of_both_directions_with_metadata_beside_them(tmp_path: Path) -> None:
    (tmp_path / "dump.client.bin").write_bytes(HELLO)
    (tmp_path / "dump.server.bin").write_bytes(GREETING + ANSWER)
    written(
        tmp_path / "dump.jsonl",
        {"ts_us": 1, "dir": "c2s", "offset": 0, "len": len(HELLO)},
        {"ts_us": 2, "dir": "s2c", "offset": 0, "len": len(GREETING)},
        {"ts_us": 3, "dir": "s2c", "offset": len(GREETING), "len": len(ANSWER)},
    )
    for path in (tmp_path, tmp_path / "dump.jsonl"):
        [session] = read_recording(path)
        assert [(each.us, each.side) for each in session.frames] == [(1, "client"), (2, "tws"), (3, "tws")]


def test_several_connections_and_a_version_told_elsewhere(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.jsonl",
        {"conn": 1, "us": 1, "from": "client", "hex": HELLO.hex()},
        {"conn": 2, "server_version": 176},
        {"conn": 2, "us": 2, "from": "tws", "fields": [9, 1, 5]},
        {"conn": 1, "us": 3, "from": "tws", "hex": GREETING.hex()},
    )
    first, second = read_recording(path)
    assert (first.server_version, second.server_version) == (200, 176)
    assert told(second) == [ANSWER[4:]]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("hello\nworld\n", "line 1 is not JSON"),
        ('{"from": "tws", "hex": "zz"}\n', "line 1: non-hexadecimal"),
        ('{"from": "tws", "len": 5}\n', "no file beside it"),
        ('{"from": "tws", "fields": [9, 1, 5]}\n', "no session of which the server version is known"),
        ("", "no session"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(text)
    with pytest.raises(NoRecording, match=complaint):
        read_recording(path)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoRecording, match="there is no recording"):
        read_recording(tmp_path / "none")
    with pytest.raises(NoRecording, match="has no recording in it"):
        read_recording(tmp_path)
