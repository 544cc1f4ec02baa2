"""Writes a recording of one's own, in one file."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from twssim.recording.frames import API_PREFIX, CLIENT
from twssim.recording.reading import RecordedSession
from twssim.wire import frame

VERSION = 1


class RecordingWriter:
    """Appends to one file, line by line; what is written can be read at once. May raise OSError."""

    def __init__(self, path: str | Path, by: str) -> None:
        """Begin a new file; `by` names the program that records."""
        self._file = Path(path).open("w", encoding="ascii", buffering=1)
        self._line({"tws_recording": VERSION, "by": by, "part": 1})

    def content(self, us: int, session: int, side: str, content: bytes) -> None:
        """Bytes as they passed; `side`, client or tws, has sent them."""
        self._line({"us": us, "session": session, "from": side, "base64": b64encode(content).decode()})

    def event(self, us: int, session: int, event: str, text: str) -> None:
        """`opened` or `closed`, with the endpoint or the reason."""
        self._line({"us": us, "session": session, "event": event, "text": text})

    def close(self) -> None:
        """End the file."""
        self._file.close()

    def _line(self, content: dict[str, Any]) -> None:
        self._file.write(json.dumps(content, separators=(",", ":")) + "\n")


def write_recording(path: str | Path, sessions: Iterable[RecordedSession], by: str) -> None:
    """Put sessions that were read, perhaps from another tool's recording, into this format."""
    writer = RecordingWriter(path, by)
    for number, session in enumerate(sessions, start=1):
        prefix = API_PREFIX
        for each in session.frames:
            is_first = each.side == CLIENT and bool(prefix)
            writer.content(each.us, number, each.side, (prefix if is_first else b"") + frame(each.payload))
            prefix = b"" if is_first else prefix
        if session.ended_us is not None:
            writer.event(session.ended_us, number, "closed", "")
    writer.close()
