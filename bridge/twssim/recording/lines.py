"""One line of a recording, as the bridge writes it or as another tool might."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from twssim.recording.frames import CLIENT, TWS

Line = dict[str, Any]

SIDES = {
    **dict.fromkeys("client c2s c->s client->server client->tws out outgoing outbound".split(), CLIENT),
    **dict.fromkeys("sent send tx > -> request w".split(), CLIENT),
    **dict.fromkeys("tws server gateway s2c s->c server->client tws->client in incoming inbound".split(), TWS),
    **dict.fromkeys("received receive recv rx < <- response r".split(), TWS),
}
SIDE_NAMES = ("from", "dir", "direction", "side", "source", "src", "who")
SESSION_NAMES = ("session", "conn", "connection", "conn_id", "connection_id", "stream")
EVENT_NAMES = ("event", "type", "kind", "op")
CLOSING = frozenset("closed close disconnect disconnected eof end fin reset".split())
CONTENT_NAMES = ("data", "payload", "bytes", "frame", "raw", "message", "content", "fields")
TIME_NAME = re.compile(
    r"(?:timestamp|time|ts|t|at|epoch|monotonic|mono|wall)(?:_(us|ms|ns|s|sec|secs|seconds))?|(us|ms|ns|seconds)"
)
UNITS = {"us": 1.0, "ms": 1e3, "ns": 1e-3, "s": 1e6, "sec": 1e6, "secs": 1e6, "seconds": 1e6}
MAGNITUDES = ((1e17, 1e-3), (1e14, 1.0), (1e11, 1e3), (0.0, 1e6))
"""From this number on a moment without a unit is in units of so many microseconds."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Bytes that are in a file of their own: from `offset` (None: after the ones before), so many."""

    file: str
    offset: int | None
    length: int


def side_of(line: Line) -> str | None:
    """Who sent it, None for a line that is not about bytes."""
    for name in SIDE_NAMES:
        if isinstance(value := line.get(name), str) and value.strip().lower() in SIDES:
            return SIDES[value.strip().lower()]
    return None


def session_of(line: Line) -> str:
    """Which connection it belongs to; there may be one only."""
    return str(next((line[name] for name in SESSION_NAMES if name in line), 1))


def is_end(line: Line) -> bool:
    """Whether it says that the connection has ended."""
    return any(str(line.get(name, "")).lower() in CLOSING for name in EVENT_NAMES)


def microseconds(line: Line) -> int | None:
    """Its moment, in microseconds of whatever clock the tool had; None when it has none."""
    for name, value in line.items():
        match = TIME_NAME.fullmatch(name.lower())
        if not match or isinstance(value, bool):
            continue
        if isinstance(value, str) and (moment := _written_moment(value)) is not None:
            return moment
        if isinstance(value, int | float):
            unit = match[1] or match[2]
            factor = UNITS[unit] if unit else next(each for least, each in MAGNITUDES if abs(value) >= least)
            return value if factor == 1.0 and isinstance(value, int) else round(value * factor)
    return None


def _written_moment(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1_000_000)


def content_of(line: Line) -> bytes | Slice | None:
    """The bytes of a line or where they are; None when it has none. ValueError when they cannot be read."""
    for name, value in line.items():
        if not isinstance(value, str):
            continue
        if re.fullmatch(r"(\w+_)?(base64|b64)", name):
            return _base64(value)
        if re.fullmatch(r"(\w+_)?hex", name):
            return bytes.fromhex(value)
    for name in CONTENT_NAMES:
        if isinstance(line.get(name), list | str):
            return _text_message(line[name]) if name == "fields" else _guessed(line[name])
    return _slice(line)


def _base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except NotBase64 as reason:
        raise ValueError(f"base64 that cannot be read ({reason})") from None


def _text_message(fields: Iterable[Any]) -> bytes:
    return "".join(f"{each}\0" for each in fields).encode()


def _guessed(value: list[Any] | str) -> bytes:
    """Numbers of bytes, fields of a text message, hexadecimal, base64, or the text itself."""
    if isinstance(value, list):
        is_bytes = all(type(each) is int and 0 <= each < 256 for each in value)
        return bytes(value) if is_bytes else _text_message(value)
    if "\0" in value or HELLO_TEXT.match(value):
        return value.encode("latin-1", "replace")
    if re.fullmatch(r"([0-9a-fA-F]{2}\s*)+", value):
        return bytes.fromhex(value)
    return _base64(value)


HELLO_TEXT = re.compile(r"API|v\d+\.\.")


def _slice(line: Line) -> Slice | None:
    length = next((line[name] for name in ("len", "length", "size", "n", "bytes") if type(line.get(name)) is int), None)
    if length is None:
        return None
    offset = next((line[name] for name in ("offset", "off", "pos") if type(line.get(name)) is int), None)
    file = next((line[name] for name in ("file", "path", "filename") if isinstance(line.get(name), str)), "")
    return Slice(file, offset, length)
