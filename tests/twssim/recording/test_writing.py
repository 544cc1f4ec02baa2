from __future__ import annotations

from pathlib import Path

from twssim.recording.reading import read_recording
from twssim.recording.writing import RecordingWriter, write_recording
from twssim.wire import frame, message


def test_what_is_written_is_read_again_and_can_be_written_again(tmp_path: Path) -> None:
    writer = RecordingWriter(tmp_path / "a.jsonl", "test")
    writer.event(1, 1, "opened", "host:1")
    writer.content(2, 1, "client", b"API\0" + frame(b"v100..200"))
    writer.content(3, 1, "tws", message(200, "now") + message(9, 1, 5))
    writer.event(4, 1, "closed", "enough")
    writer.close()
    first = read_recording(tmp_path / "a.jsonl")
    assert [each.payload for each in first[0].frames] == [b"v100..200", b"200\0now\0", b"9\x001\x005\x00"]
    write_recording(tmp_path / "b.jsonl", first, "test")
    assert read_recording(tmp_path / "b.jsonl") == first
