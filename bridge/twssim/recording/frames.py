"""From recorded pieces of a byte stream to whole messages, each with its moment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from twssim.wire import LENGTH_BYTES, LONGEST_FRAME, Framer

CLIENT, TWS = "client", "tws"
API_PREFIX = b"API\0"
HELLO = re.compile(rb"v\d+(\.\.\d+)?( .*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that one side sent at a moment (microseconds, epoch UTC), as a recording has them."""

    us: int
    side: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """The payload of one whole message, and when its last byte passed."""

    us: int
    side: str
    payload: bytes


def frames_of(pieces: Iterable[Piece]) -> list[Frame]:
    """The messages of one session in order of time, whether the pieces are a stream or one message each."""
    ordered = sorted(_right_way_round(list(pieces)), key=lambda piece: piece.us)
    cut: dict[str, Callable[[bytes], Iterable[bytes]]] = {}
    for side in (CLIENT, TWS):
        cut[side] = _cutter(b"".join(each.content for each in ordered if each.side == side))
    return [Frame(each.us, each.side, payload) for each in ordered for payload in cut[each.side](each.content)]


def _right_way_round(pieces: list[Piece]) -> list[Piece]:
    """The client is who says hello first, whatever a tool called the two directions."""
    greeters = {each.side for each in pieces if _is_hello(each.content)}
    if greeters != {TWS}:
        return pieces
    return [Piece(each.us, TWS if each.side == CLIENT else CLIENT, each.content) for each in pieces]


def _is_hello(content: bytes) -> bool:
    return content.startswith(API_PREFIX) or HELLO.fullmatch(content) is not None


def _cutter(whole: bytes) -> Callable[[bytes], Iterable[bytes]]:
    """What makes messages of the pieces of one direction: a framer, or nothing when each piece is a message."""
    prefix = API_PREFIX if whole.startswith(API_PREFIX) else b""
    if _is_stream(whole[len(prefix) :]):
        return _Stream(len(prefix)).feed
    return lambda content: [rest] if (rest := content.removeprefix(prefix)) else []


class _Stream:
    """Cuts a stream into messages after so many bytes that are none."""

    def __init__(self, skipped: int) -> None:
        self._skipped = skipped
        self._framer = Framer()

    def feed(self, content: bytes) -> Iterable[bytes]:
        """The messages that are complete now."""
        dropped = min(self._skipped, len(content))
        self._skipped -= dropped
        return self._framer.feed(content[dropped:])


def _is_stream(content: bytes) -> bool:
    """Whether lengths and messages follow each other to the end; the last message may be cut off."""
    at, size = 0, len(content)
    while at <= size - LENGTH_BYTES:
        length = int.from_bytes(content[at : at + LENGTH_BYTES], "big")
        if length > LONGEST_FRAME:
            return False
        at += LENGTH_BYTES + length
    return size > 0 and (at <= size or at - size <= LONGEST_FRAME)
