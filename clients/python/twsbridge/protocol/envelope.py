"""Frames on the wire <-> values. The only place that knows msgpack, JSON and the order of frames.

Command   C -> B  [ "IBB1", header, body ]      header {t, id, sid, exp, v}
Reply     B -> C  [ "IBB1", header, body ]      header {t, id, ok, part, more}
Event     B -> S  [ topic, [epoch, seq, type, ts_us, flags], body ]
Ticks     B -> S  one frame: topic, then msgpack [kind, n, ts_us, body]

A command whose header starts with `{` is JSON, and so is its reply.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple, TypeVar

import msgpack
from pydantic import ValidationError

from twsbridge.protocol.columns import columns_to_lists
from twsbridge.protocol.commands import COMMANDS, IN_WORDS, Command
from twsbridge.protocol.errors import BridgeError, exception_for, make_error
from twsbridge.protocol.fields import Int, WireModel
from twsbridge.protocol.limits import UnfitValue, check_shape, no_duplicate_keys

MAGIC = b"IBB1"
VERSION = 1
MAX_COMMAND_BYTES = 64 * 1024


M = TypeVar("M", bound=WireModel)


class CommandHeader(WireModel):
    """`t` is the command's name, `id` the caller's correlation id, `exp` the deadline in microseconds UTC."""

    t: str
    id: str
    sid: str = ""
    exp: Int | None = None
    v: Int = VERSION


class ReplyHeader(WireModel):
    """`id` is that of the command; the answer is complete with the first part that has `more` False."""

    t: str
    id: str
    ok: bool
    part: Int = 0
    more: bool = False


class ReceivedCommand(NamedTuple):
    """A command taken apart; `is_json` says how to answer."""

    header: CommandHeader
    command: Command
    is_json: bool


class Reply(NamedTuple):
    """One part of a reply; `body` is a map, or the map of an error when `ok` is False."""

    type: str
    request_id: str
    ok: bool
    body: dict[str, Any]
    part: int = 0
    more: bool = False


class EventFrame(NamedTuple):
    """A sequenced event. `flags` are REPLAYED and RECONCILED."""

    topic: str
    epoch: str
    seq: int
    type: str
    ts_us: int
    flags: int
    body: dict[str, Any]


REFUSED_MARK = b"refused|"
"""Stands behind the topic in the frame of a refusal, which goes to one subscriber alone."""


class TicksFrame(NamedTuple):
    """Market data of one line: kind is "ticks", "image", "state" or "refused"; `n` counts the frames of this line."""

    topic: str
    kind: str
    n: int
    ts_us: int
    body: Any


def pack(value: object) -> bytes:
    """msgpack bytes of plain types."""
    packed: bytes = msgpack.packb(value)
    return packed


def unpack(frame: bytes) -> Any:
    """Plain types out of msgpack; raises ValueError on anything malformed, duplicate keys included."""
    try:
        return msgpack.unpackb(frame, object_pairs_hook=no_duplicate_keys)
    except (ValueError, TypeError, msgpack.UnpackException) as error:
        raise ValueError(f"not msgpack: {error}") from None


def encode_command(command: Command, header: CommandHeader) -> list[bytes]:
    """The three frames of a command."""
    return [MAGIC, pack(header.wire()), pack(command.wire())]


def header_of(frames: list[bytes]) -> tuple[dict[str, Any], bool]:
    """The header as a plain map and whether it is JSON; raises req.malformed."""
    if len(frames) != 3 or frames[0] != MAGIC:
        raise _refused("req.malformed", "A command has three frames and the first is 'IBB1'")
    if sum(map(len, frames)) > MAX_COMMAND_BYTES:
        raise _refused("req.too_large", f"A command may have {MAX_COMMAND_BYTES} bytes")
    is_json = frames[1][:1] == b"{"
    header = _plain(frames[1], is_json, "header")
    if not isinstance(header.get("id"), str) or not 1 <= len(header["id"]) <= 64:
        raise _refused("req.malformed", "The header needs an `id` of 1 to 64 characters", "header.id")
    if not isinstance(header.get("t"), str):
        raise _refused("req.malformed", "The header needs `t`, the name of the command", "header.t")
    return header, is_json


def decode_command(frames: list[bytes]) -> ReceivedCommand:
    """Take a command apart and check it; raises InvalidRequest with the field that is wrong."""
    return command_of(*header_of(frames), frames[2])


def command_of(plain: dict[str, Any], is_json: bool, body: bytes) -> ReceivedCommand:
    """The command with this header, as `header_of` returned it, and this body; raises InvalidRequest."""
    if plain.get("v", VERSION) != VERSION:
        raise _refused("req.version", f"This bridge speaks protocol version {VERSION}", "header.v")
    model = COMMANDS.get(plain["t"])
    if model is None:
        text = f"There is no command {plain['t'][:64]!r}"
        raise exception_for(make_error("req.unknown_type", text, field="header.t", details={"known": sorted(COMMANDS)}))
    header = _validated(CommandHeader, plain, "header")
    return ReceivedCommand(header, _validated(model, _plain(body, is_json, ""), ""), is_json)


def encode_reply(reply: Reply, *, is_json: bool = False) -> list[bytes]:
    """The three frames of one part of a reply."""
    header = {
        "t": reply.type,
        "id": reply.request_id,
        "ok": reply.ok,
        "part": reply.part,
        "more": reply.more,
    }
    encode = _json_bytes if is_json else pack
    return [MAGIC, encode(header), encode(reply.body)]


def decode_reply(frames: list[bytes]) -> Reply:
    """A reply out of its frames; raises ValueError when it is none."""
    if len(frames) != 3 or frames[0] != MAGIC:
        raise ValueError("a reply has three frames and the first is 'IBB1'")
    header = ReplyHeader.model_validate(unpack(frames[1]), strict=True)
    body = unpack(frames[2])
    if not isinstance(body, dict):
        raise ValueError("the body of a reply is a map")
    return Reply(header.t, header.id, header.ok, body, header.part, header.more)


def encode_event(event: EventFrame) -> list[bytes]:
    """The three frames of an event."""
    header = [event.epoch, event.seq, event.type, event.ts_us, event.flags]
    return [event.topic.encode(), pack(header), pack(event.body)]


def decode_event(frames: list[bytes]) -> EventFrame:
    """An event out of its frames; raises ValueError when it is none."""
    if len(frames) != 3:
        raise ValueError("an event has three frames")
    header, body = unpack(frames[1]), unpack(frames[2])
    if not isinstance(header, list) or [type(part) for part in header[:5]] != [str, int, str, int, int]:
        raise ValueError("the header of an event is [epoch, seq, type, ts_us, flags]")
    if not isinstance(body, dict):
        raise ValueError("the body of an event is a map")
    epoch, seq, type_, ts_us, flags = header[:5]
    return EventFrame(frames[0].decode(), epoch, seq, type_, ts_us, flags, body)


def encode_ticks(topic: bytes, kind: str, n: int, ts_us: int, body: object) -> bytes:
    """One frame of market data; subscriptions match on the topic it begins with."""
    packed: bytes = topic + msgpack.packb((kind, n, ts_us, body))
    return packed


def refusal_topic(topic: bytes, public_key: str) -> bytes:
    """Where the owner of a key is told that it may not have what it subscribed to."""
    return topic + REFUSED_MARK + f"{public_key}|".encode()


def decode_ticks(frame: bytes) -> TicksFrame:
    """Market data out of its frame; raises ValueError when it is none. A refusal has the topic that was asked for."""
    end = frame.find(b"|", frame.find(b"|") + 1) + 1
    begin = frame.find(b"|", end + len(REFUSED_MARK)) + 1 if frame.startswith(REFUSED_MARK, end) else end
    parts = unpack(frame[begin:]) if end and begin else None
    if not isinstance(parts, list) or [type(part) for part in parts[:3]] != [str, int, int] or len(parts) < 4:
        raise ValueError("market data is a topic, then [kind, n, ts_us, body]")
    kind, n, ts_us, body = parts[:4]
    return TicksFrame(frame[:end].decode(), kind, n, ts_us, body)


def _json_bytes(value: dict[str, Any]) -> bytes:
    """JSON for people and for languages without msgpack; packed columns become lists."""
    return json.dumps(columns_to_lists(value), allow_nan=False).encode()


def _plain(frame: bytes, is_json: bool, prefix: str) -> dict[str, Any]:
    try:
        value = _unpack_json(frame) if is_json else unpack(frame)
        check_shape(value)
    except UnfitValue as error:
        field = _path(prefix, error.field)
        raise _refused("req.invalid", f"{field or 'The body'} {error}", field) from None
    except (ValueError, RecursionError) as error:
        raise _refused("req.malformed", f"A frame cannot be read: {error}") from None
    if not isinstance(value, dict):
        raise _refused("req.malformed", "Header and body must be maps")
    return value


def _unpack_json(frame: bytes) -> Any:
    """Only UTF-8: left to itself, json.loads also guesses UTF-16 and UTF-32."""
    return json.loads(frame.decode(), object_pairs_hook=no_duplicate_keys)


def refusal_of(error: ValidationError, prefix: str = "") -> BridgeError:
    """What is wrong with a command, from the first thing that its model objects to."""
    first = error.errors(include_url=False, include_input=False)[0]
    context = first.get("ctx", {})
    field = context.get("field") or _path(prefix, *first["loc"])
    text = IN_WORDS.get(context.get("pattern", ""), first["msg"])
    return _refused("req.invalid", f"{field or 'The command'}: {text}", field)


def _validated(model: type[M], value: dict[str, Any], prefix: str) -> M:
    try:
        return model.model_validate(value, strict=True, extra="forbid")
    except ValidationError as error:
        raise refusal_of(error, prefix) from None


def _path(*parts: str | int) -> str | None:
    return ".".join(str(part) for part in parts if part != "") or None


def _refused(code: str, msg: str, field: str | None = None) -> BridgeError:
    return exception_for(make_error(code, msg, field=field))
