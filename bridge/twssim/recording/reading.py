"""Reads recordings: one file, or a directory with all parts of one. `twssim/README.md` documents the format."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from twssim.recording.frames import CLIENT, TWS, Frame, Piece, frames_of
from twssim.recording.lines import Line, Slice, content_of, is_end, microseconds, session_of, side_of

ENDINGS = (".jsonl", ".ndjson", ".json", ".log")
COMPANIONS = {CLIENT: ("client", "c2s", "out", "sent", "tx"), TWS: ("tws", "server", "s2c", "in", "received", "rx")}
"""Words in the names of the two raw files that a file of metadata may be about."""


@dataclass(slots=True)
class RecordedSession:
    """One connection: its messages in order, without the prefix `API`; the greeting is the first one of TWS."""

    name: str
    server_version: int = 0
    frames: list[Frame] = field(default_factory=list)
    ended_us: int | None = None
    """When the connection ended; None when the recording ends before."""


class NoRecording(ValueError):
    """A file that cannot be read as a recording; says which line, and why."""


def read_recording(path: str | Path) -> list[RecordedSession]:
    """All sessions of a recording that a server answered in, oldest first; raises NoRecording."""
    collected: dict[str, _Collected] = {}
    for file in _files(Path(path)):
        part = _Part(file)
        for number, line in _lines(file):
            try:
                part.take(line, collected)
            except (ValueError, OSError) as reason:
                raise NoRecording(f"{file}, line {number}: {reason}") from None
    sessions = [each.session(name) for name, each in collected.items() if each.pieces]
    readable = [session for session in sessions if session.server_version]
    if not readable:
        raise NoRecording(f"{path} has no session of which the server version is known (see twssim/README.md)")
    return readable


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise NoRecording(f"there is no recording {path}")
    if not path.is_dir():
        return [path]
    found = sorted(each for each in path.iterdir() if each.suffix in ENDINGS)
    if not found:
        raise NoRecording(f"{path} has no recording in it: a file that ends in {', '.join(ENDINGS)}")
    return found


def _lines(path: Path) -> Iterator[tuple[int, Line]]:
    """Every line that is a JSON object; a last line that was cut off by a crash is left out."""
    written = path.read_bytes().split(b"\n")
    for number, text in enumerate(written, start=1):
        try:
            line = json.loads(text) if text.strip() else None
        except ValueError as reason:
            if number == len(written):
                return
            raise NoRecording(f"{path}, line {number} is not JSON: {reason}") from None
        if isinstance(line, dict):
            yield number, line


@dataclass(slots=True)
class _Collected:
    """What is known of one session so far."""

    pieces: list[Piece] = field(default_factory=list)
    server_version: int = 0
    ended_us: int | None = None

    def session(self, name: str) -> RecordedSession:
        frames = frames_of(self.pieces)
        greeting = next((frame for frame in frames if frame.side == TWS), None)
        version = self.server_version or _version(greeting)
        return RecordedSession(name, version, frames, self.ended_us)


def _version(greeting: Frame | None) -> int:
    fields = greeting.payload.split(b"\0") if greeting else []
    return int(fields[0]) if len(fields) == 3 and fields[0].isdigit() else 0


class _Part:
    """One file while it is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._greeting = 0
        self._skip: dict[str, int] = {}
        self._at: dict[str, int] = {}
        self._raw: dict[str, bytes] = {}
        self._us = 0

    def take(self, line: Line, collected: dict[str, _Collected]) -> None:
        session = collected.setdefault(session_of(line), _Collected())
        self._us = microseconds(line) or self._us
        if type(line.get("server_version")) is int:
            session.server_version = line["server_version"]
        if "tws_recording" in line:
            self._begin(line, bool(session.pieces))
        elif (side := side_of(line)) is not None:
            content = content_of(line)
            if isinstance(content, Slice):
                content = self._from_file(side, content)
            if content:
                self._add(session, Piece(self._us, side, content))
        elif is_end(line):
            session.ended_us = self._us

    def _begin(self, head: Line, is_known: bool) -> None:
        """A part may repeat the greeting and begin within a message; after the part before it, neither counts."""
        self._greeting = int(head.get("greeting", 0))
        self._skip = {} if is_known else dict(head.get("skip", {}))
        self._drops_greeting = is_known

    def _add(self, session: _Collected, piece: Piece) -> None:
        if self._greeting:
            self._greeting -= 1
            if not self._drops_greeting:
                session.pieces.append(piece)
            return
        skipped = min(self._skip.get(piece.side, 0), len(piece.content))
        self._skip[piece.side] = self._skip.get(piece.side, 0) - skipped
        session.pieces.append(Piece(piece.us, piece.side, piece.content[skipped:]))

    def _from_file(self, side: str, part: Slice) -> bytes:
        name = part.file or self._companion(side)
        if name not in self._raw:
            self._raw[name] = (self._path.parent / name).read_bytes()
        at = self._at.get(name, 0) if part.offset is None else part.offset
        self._at[name] = at + part.length
        content = self._raw[name][at : at + part.length]
        if len(content) < part.length:
            raise ValueError(f"{name} ends before byte {at + part.length}")
        return content

    def _companion(self, side: str) -> str:
        """The raw file of one direction beside the metadata."""
        others = [each for each in self._path.parent.iterdir() if each.is_file() and each.suffix not in ENDINGS]
        for word in COMPANIONS[side]:
            found = [each.name for each in others if word in re.split("[^a-z0-9]", each.name.lower())]
            if len(found) == 1:
                return found[0]
        raise ValueError(f"it has no bytes, and no file beside it holds those of the {side}")
