"""How far the journal has ever been, kept beside it: so that a journal restored from an older copy is noticed.

Numbers that were published once must never be given to other events. The mark is written after each commit and never
before, so a journal behind its mark has lost something. It also keeps the order-id floor, which outlives every journal.
Two places in one file take turns, each with a checksum: one that was torn leaves the other.
"""

from __future__ import annotations

import logging
import os
import zlib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import msgpack

log = logging.getLogger(__name__)

PLACE_BYTES = 64 * 1024
_HEADER = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """What was reached: `heads` maps a stream to its next number. `count` grows with each mark that is written.

    `audited` and `link`: the last row of the audit, so that a chain that was cut short is noticed.
    `is_clean`: the bridge closed its journal after this; otherwise it was killed, or is running.
    """

    epoch: str = ""
    next_order_id: int = 1
    heads: dict[str, int] = field(default_factory=dict)
    count: int = 0
    is_clean: bool = True
    audited: int = 0
    link: bytes = b""

    def is_ahead_of(self, epoch: str, heads: dict[str, tuple[int, int]]) -> bool:
        """True when the journal with this epoch and these heads is another one, or lost events that were there."""
        if epoch != self.epoch:
            return bool(self.epoch)
        return any(heads.get(stream, (1, 1))[1] < following for stream, following in self.heads.items())


class MarkFile:
    """The file of the mark. A mark that cannot be written is logged and changes nothing else."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self.latest = _latest(self._descriptor)
        if os.fstat(self._descriptor).st_size < 2 * PLACE_BYTES:
            self._fill()

    def write(
        self, epoch: str, next_order_id: int, heads: dict[str, tuple[int, int]], audit: tuple[int, bytes] = (0, b"")
    ) -> None:
        """Remember what was reached. It survives a kill at once, and a power failure once it is closed."""
        order_id = max(next_order_id, self.latest.next_order_id)
        reached = {stream: following for stream, (_, following) in heads.items()}
        self._write(Mark(epoch, order_id, reached, self.latest.count + 1, False, *audit))

    def close(self) -> None:
        """The bridge is done with its journal: mark it clean, sync, and close the file."""
        self._write(replace(self.latest, count=self.latest.count + 1, is_clean=True))
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            log.warning("The mark of the journal cannot be written: %s", error)
        os.close(self._descriptor)

    def _write(self, mark: Mark) -> None:
        content: bytes = msgpack.packb([getattr(mark, each.name) for each in fields(mark)])
        if len(content) > PLACE_BYTES - _HEADER:
            log.error("The journal has too many streams for its mark.")
            return
        header = len(content).to_bytes(4, "big") + zlib.crc32(content).to_bytes(4, "big")
        try:
            os.pwrite(self._descriptor, header + content, (mark.count % 2) * PLACE_BYTES)
        except OSError as error:
            log.warning("The mark of the journal cannot be written: %s", error)
            return
        self.latest = mark

    def _fill(self) -> None:
        """Room for both places from the beginning: writing them later needs none."""
        try:
            os.posix_fallocate(self._descriptor, 0, 2 * PLACE_BYTES)
        except (OSError, AttributeError) as error:
            log.warning("There is no room for the mark of the journal: %s", error)


def read_mark(path: Path) -> Mark | None:
    """The mark in a file that is only read; None when there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        return _latest(descriptor)
    finally:
        os.close(descriptor)


def _latest(descriptor: int) -> Mark:
    return max((_read(descriptor, place) for place in (0, 1)), key=lambda mark: mark.count)


def _read(descriptor: int, place: int) -> Mark:
    raw = os.pread(descriptor, PLACE_BYTES, place * PLACE_BYTES)
    length = int.from_bytes(raw[:4], "big")
    content = raw[_HEADER : _HEADER + length]
    if not length or zlib.crc32(content) != int.from_bytes(raw[4:8], "big"):
        return Mark()
    said: list[Any] = msgpack.unpackb(content)
    return Mark(*said[: len(fields(Mark))])
