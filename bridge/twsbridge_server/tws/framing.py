"""Frames of the TWS protocol: a 4-byte big-endian length, then that many bytes. Pure.

Works with an offset into one buffer, so a backlog of any size costs the same per message.
"""

from __future__ import annotations

import struct

MAX_FRAME = 0xFFFFFF
"""TWS's own limit; a longer length means that the stream is out of step."""

_LENGTH = struct.Struct("!I")
_COMPACT_AT = 1 << 16


class FrameError(Exception):
    """The stream is not made of frames (any more); nothing that follows can be trusted."""


def frame(payload: bytes) -> bytes:
    """The payload with its length before it."""
    return _LENGTH.pack(len(payload)) + payload


class Framer:
    """Cuts a stream of bytes, in whatever pieces it comes, into the payloads of its frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0

    def __len__(self) -> int:
        """How many bytes wait, complete frames and incomplete ones."""
        return len(self._buffer) - self._at

    def feed(self, chunk: bytes) -> None:
        """Add what was received."""
        if self._at >= _COMPACT_AT:
            del self._buffer[: self._at]
            self._at = 0
        self._buffer += chunk

    def take(self, limit: int) -> list[bytes]:
        """Up to `limit` payloads, in order. FrameError when the next length is impossible."""
        payloads: list[bytes] = []
        with memoryview(self._buffer) as view:
            while len(payloads) < limit and (size := self._next_size()) is not None:
                if size > MAX_FRAME:
                    if payloads:
                        break
                    raise FrameError(f"a message of {size} bytes was announced; the limit is {MAX_FRAME}")
                start = self._at + _LENGTH.size
                if len(view) - start < size:
                    break
                payloads.append(bytes(view[start : start + size]))
                self._at = start + size
        return payloads

    @property
    def is_ready(self) -> bool:
        """True when `take` has something to return or to raise."""
        size = self._next_size()
        return size is not None and (size > MAX_FRAME or len(self) - _LENGTH.size >= size)

    def _next_size(self) -> int | None:
        if len(self) < _LENGTH.size:
            return None
        size: int = _LENGTH.unpack_from(self._buffer, self._at)[0]
        return size
