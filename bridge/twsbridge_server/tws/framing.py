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
        at = self._at
        with memoryview(self._buffer) as view:
            while len(payloads) < limit and len(view) - at >= _LENGTH.size:
                start = at + _LENGTH.size
                end = start + _LENGTH.unpack_from(view, at)[0]
                if end - start > MAX_FRAME and not payloads:
                    raise FrameError(f"a message of {end - start} bytes was announced; the limit is {MAX_FRAME}")
                if end - start > MAX_FRAME or end > len(view):
                    break
                payloads.append(bytes(view[start:end]))
                at = end
        self._at = at
        return payloads

    @property
    def is_ready(self) -> bool:
        """True when `take` has something to return or to raise."""
        if len(self) < _LENGTH.size:
            return False
        size: int = _LENGTH.unpack_from(self._buffer, self._at)[0]
        return size > MAX_FRAME or len(self) - _LENGTH.size >= size
