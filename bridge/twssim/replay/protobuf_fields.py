"""Numbers inside a protobuf message, by the path of their field numbers, without its message class."""

from __future__ import annotations

from collections.abc import Iterator

VARINT, FIXED64, NESTED, FIXED32 = 0, 1, 2, 5
SIZES = {FIXED64: 8, FIXED32: 4}
WHOLE = 1 << 64

Path = tuple[int, ...]


def number_at(body: bytes, path: Path) -> int | None:
    """The signed integer at a path; None when it is absent."""
    for field, wire_type, start, end in _fields(body):
        if field == path[0] and wire_type == (NESTED if path[1:] else VARINT):
            if path[1:]:
                return number_at(body[start:end], path[1:])
            value, _ = _varint(body, start)
            return value - WHOLE if value >= WHOLE >> 1 else value
    return None


def text_at(body: bytes, field: int) -> str:
    """The text in a field of the message itself; empty when it is absent."""
    found = (body[start:end] for number, kind, start, end in _fields(body) if (number, kind) == (field, NESTED))
    return next(found, b"").decode("utf-8", "replace")


def with_number(body: bytes, path: Path, value: int) -> bytes:
    """The same message with another integer at a path, where there is one."""
    for field, wire_type, start, end in _fields(body):
        if field == path[0] and wire_type == (NESTED if path[1:] else VARINT):
            if path[1:]:
                return _exchanged(body, start, end, with_number(body[start:end], path[1:], value))
            return body[:start] + _written(value % WHOLE) + body[end:]
    return body


def with_text(body: bytes, path: Path, text: str) -> bytes:
    """The same message with another text at a path; a field that is absent is added."""
    for field, wire_type, start, end in _fields(body):
        if (field, wire_type) == (path[0], NESTED):
            inner = with_text(body[start:end], path[1:], text) if path[1:] else text.encode()
            return _exchanged(body, start, end, inner)
    if path[1:]:
        return body
    return body + _written(path[0] << 3 | NESTED) + _written(len(text.encode())) + text.encode()


def _exchanged(body: bytes, start: int, end: int, inner: bytes) -> bytes:
    """A message with other content in a nested field, and its length."""
    head = start - len(_written(end - start))
    return body[:head] + _written(len(inner)) + inner + body[end:]


def _fields(body: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Field number, wire type, and where its content begins and ends; stops at what cannot be read."""
    at = 0
    while at < len(body):
        key, at = _varint(body, at)
        start, wire_type = at, key & 7
        if wire_type == VARINT:
            _, at = _varint(body, at)
        elif wire_type == NESTED:
            length, start = _varint(body, at)
            at = start + length
        elif wire_type in SIZES:
            at += SIZES[wire_type]
        else:
            return
        yield key >> 3, wire_type, start, at


def _varint(body: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(body):
        byte = body[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    return value, at


def _written(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)
