"""The files of a recording: JSON lines, in parts of a bounded size, of which the oldest are deleted.

`twssim/README.md` documents the format; `twssim.recording` reads it. A part can be read without those before it: its
first line says at which session and server greeting it begins, and how many bytes belong to a message cut in two.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
from binascii import b2a_base64
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

VERSION = 1
PARTS = 16
RESERVE = 256 << 20
"""Bytes of the disk that a recording leaves free: the journal may be on the same one."""

CHECKED_EVERY = 1 << 20
GREETING_LINES = 4
PREFIX = b"API\0"
LENGTH_BYTES = 4
_LENGTH = struct.Struct("!I")


class Boundaries:
    """Counts how many bytes of one direction are missing until its current message ends."""

    def __init__(self, prefix: int) -> None:
        """`prefix` bytes come before the first message."""
        self.missing = prefix
        self._length = b""

    @property
    def is_countable(self) -> bool:
        """False while a length is itself cut in two."""
        return not self._length

    def feed(self, content: bytes) -> None:
        """Go on by these bytes."""
        content = self._length + content
        at, size = self.missing, len(content)
        while at <= size - LENGTH_BYTES:
            at += LENGTH_BYTES + _LENGTH.unpack_from(content, at)[0]
        self._length = content[at:]
        self.missing = max(0, at - size)


class RecordingFiles:
    """Writes lines for one recorder; every method may raise OSError."""

    def __init__(self, directory: Path, limit: int, by: str) -> None:
        """`limit` bounds the bytes of all parts together; `by` names the program that records."""
        self._directory = directory
        self._part_bytes = limit // PARTS
        self._by = by
        self._began = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}Z"
        self._parts: deque[Path] = deque()
        self._number = 0
        self._file: IO[bytes] | None = None
        self._written = self._checked = 0
        self._session = 0
        self._sides: dict[str, Boundaries] = {}
        self._greeting: list[bytes] = []

    def event(self, us: int, session: int, event: str, text: str) -> None:
        """`opened`, `closed` by TWS, `left` by the bridge, or `stopped`; `text` is the endpoint or the reason."""
        if event == "opened":
            self._session, self._greeting = session, []
            self._sides = {"client": Boundaries(len(PREFIX)), "tws": Boundaries(0)}
        self._line({"us": us, "session": session, "event": event, "text": text})
        self.flush()

    def content(self, us: int, session: int, side: str, content: bytes) -> None:
        """Bytes that `side` (client or tws) has sent."""
        coded = b2a_base64(content, newline=False)
        line = b'{"us":%d,"session":%d,"from":"%b","base64":"%b"}\n' % (us, session, side.encode(), coded)
        self._rotate_if_full(us)
        self._write(line)
        self._sides[side].feed(content)
        self._remember_greeting(line)

    def _remember_greeting(self, line: bytes) -> None:
        """The first lines, up to the first one of TWS: a later part repeats them."""
        if not any(b'"from":"tws"' in each for each in self._greeting) and len(self._greeting) < GREETING_LINES:
            self._greeting.append(line)

    def flush(self) -> None:
        """Hand everything to the operating system."""
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        """End the part."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _line(self, content: dict[str, Any]) -> None:
        self._rotate_if_full(content["us"])
        self._write(json.dumps(content, separators=(",", ":")).encode() + b"\n")

    def _rotate_if_full(self, us: int) -> None:
        full = self._written >= self._part_bytes and all(side.is_countable for side in self._sides.values())
        if self._file is None or full:
            self._begin_part(us)

    def _begin_part(self, us: int) -> None:
        self.close()
        self._number += 1
        path = self._directory / f"tws-{self._began}-{self._number:05d}.jsonl"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file, self._written, self._checked = os.fdopen(descriptor, "wb"), 0, 0
        self._check_disk()
        self._parts.append(path)
        while len(self._parts) > PARTS:
            self._parts.popleft().unlink(missing_ok=True)
        head: dict[str, Any] = {"tws_recording": VERSION, "by": self._by, "part": self._number, "us": us}
        if self._greeting:
            skipped = {side: counted.missing for side, counted in self._sides.items()}
            head |= {"session": self._session, "greeting": len(self._greeting), "skip": skipped}
        self._write(json.dumps(head, separators=(",", ":")).encode() + b"\n")
        for line in self._greeting:
            self._write(line)

    def _write(self, line: bytes) -> None:
        assert self._file is not None
        self._file.write(line)
        self._written += len(line)
        if self._written - self._checked >= CHECKED_EVERY:
            self._checked = self._written
            self._check_disk()

    def _check_disk(self) -> None:
        free = shutil.disk_usage(self._directory).free
        if free < RESERVE:
            raise OSError(f"only {free >> 20} MiB are left on its disk; {RESERVE >> 20} MiB are kept free")
