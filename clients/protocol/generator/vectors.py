"""Golden vectors: the bytes of messages and what they say, for testing a client in any language.

A vector's `value` is what a plain decoder gives; packed columns are written as lists, with null for NaN.
"""

from __future__ import annotations

import json
from typing import Any

from generator import contracts, examples, invalid
from generator.examples import ACCOUNT, EPOCH, NOW, SID
from twsbridge.protocol.columns import columns_to_lists
from twsbridge.protocol.commands import Command, PlaceOrder
from twsbridge.protocol.envelope import (
    MAGIC,
    CommandHeader,
    EventFrame,
    Reply,
    encode_command,
    encode_event,
    encode_reply,
    encode_ticks,
    pack,
    unpack,
)
from twsbridge.protocol.errors import ERROR_KINDS, make_error

Vector = dict[str, Any]


def files() -> dict[str, list[Vector]]:
    """Every file of clients/protocol/vectors by name, without `.json`."""
    return {
        "values": [{"name": name, "hex": data.hex(), "value": unpack(data)} for name, data in VALUES.items()],
        "commands": [*map(_command, examples.COMMANDS), *_other_ways_to_say_it()],
        "commands_json": [_command_in_json(command) for command in examples.COMMANDS],
        "replies": [*_replies(), *_in_json()],
        "replies_in_parts": [_parts()],
        "errors": [_error(code) for code in ERROR_KINDS],
        "events": [_event(*example) for example in examples.EVENTS] + [_event_of_a_later_version()],
        "ticks": [_ticks(*example) for example in examples.TICKS],
        "contracts": contracts.vectors(),
        "invalid_commands": list(invalid.commands()),
        "invalid_from_bridge": list(invalid.from_bridge()),
    }


VALUES: dict[str, bytes] = {
    "largest integer": pack(2**53 - 1),
    "smallest integer": pack(-(2**53) + 1),
    "integer in more bytes than it needs": b"\xd3" + (7).to_bytes(8, "big"),
    "negative fixint": pack(-1),
    "whole number as a float": pack(190.0),
    "float32": b"\xca\x3f\x00\x00\x00",
    "smallest float": pack(5e-324),
    "negative price": pack(-37.63),
    "null": pack(None),
    "true and false": pack([True, False]),
    "empty list, map and text": pack([[], {}, ""]),
    "text beyond ASCII": pack("Société Générale \u2014 \U0001f4c8"),
    "text of 300 characters": pack("x" * 300),
    "map in more bytes than it needs": b"\xde\x00\x01\xa1a\x01",
    "list of 20": pack(list(range(20))),
}


def _command(command: Command) -> Vector:
    header = _header(command)
    value = {"header": header.wire(), "body": command.wire()}
    return {"name": _name(command), "frames": _hex(encode_command(command, header)), "value": value}


def _command_in_json(command: Command) -> Vector:
    value = {"header": _header(command).wire(), "body": command.wire()}
    frames = [MAGIC, *(json.dumps(part).encode() for part in value.values())]
    return {"name": _name(command), "frames": _hex(frames), "value": value}


def _other_ways_to_say_it() -> list[Vector]:
    """Commands as clients in other languages write them."""
    head = {"t": "order.place", "id": "7", "sid": SID}
    order = {"action": "BUY", "quantity": 10, "order_type": "LMT", "limit_price": 190}
    place = {"client_order_id": "js-1", "contract": {"con_id": 265598.0, "exchange": "SMART"}, "order": order}
    said = {
        "integers as floats, floats as integers, a quantity as an integer": (head, place),
        "without what has a default": ({"t": "status", "id": "8", "sid": SID}, {}),
        "deadline as a float": ({"t": "ping", "id": "9", "exp": float(NOW)}, {}),
    }
    return [
        {"name": name, "frames": _hex([MAGIC, pack(h), pack(b)]), "value": {"header": h, "body": b}}
        for name, (h, b) in said.items()
    ]


def _replies() -> list[Vector]:
    return [
        _reply(f"{command.name}: {type(body).__name__}", Reply(command.name, str(n), True, body.wire()))
        for n, (command, body) in enumerate(examples.REPLIES)
    ]


def _in_json() -> list[Vector]:
    """The answers to JSON commands."""
    bars = Reply("history.bars", "1", True, examples.INTRADAY.wire())
    refusal = Reply("order.place", "2", False, make_error("req.invalid", "order.tif: must be ...").wire())
    return [_reply("bars in JSON", bars, is_json=True), _reply("an error in JSON", refusal, is_json=True)]


def _reply(name: str, reply: Reply, *, is_json: bool = False) -> Vector:
    header = {"t": reply.type, "id": reply.request_id, "ok": reply.ok, "part": reply.part, "more": reply.more}
    value = {"header": header, "body": _plain(columns_to_lists(reply.body))}
    return {"name": name, "frames": _hex(encode_reply(reply, is_json=is_json)), "value": value}


def _parts() -> Vector:
    """A long answer in two parts."""
    whole = examples.INTRADAY.wire()
    cut = {column: {name: values[:8] for name, values in whole[column].items()} for column in ("i64", "f64")}
    rest = {column: {name: values[8:] for name, values in whole[column].items()} for column in ("i64", "f64")}
    parts = [
        Reply("history.bars", "1", True, {**whole, **cut}, part=0, more=True),
        Reply("history.bars", "1", True, rest, part=1, more=False),
    ]
    return {
        "name": "bars in two parts",
        "parts": [_hex(encode_reply(part)) for part in parts],
        "value": _plain(columns_to_lists(whole)),
    }


def _error(code: str) -> Vector:
    error = make_error(code, "What happened, in this case", tws_code=201 if code == "tws.rejected" else None)
    return _reply(code, Reply("order.place", "1", False, error.wire()))


def _event(topic: str, seq: int, flags: int, body: Any) -> Vector:
    frame = EventFrame(topic, EPOCH, seq, body.name, NOW, flags, body.wire())
    return {"name": f"{topic} {body.name}", "frames": _hex(encode_event(frame)), "value": frame._asdict()}


def _event_of_a_later_version() -> Vector:
    header, body = [EPOCH, 9, "assignment", NOW, 0, "new"], {"account": ACCOUNT, "x": {"y": [1]}}
    frames = [f"ord|{ACCOUNT}|".encode(), pack(header), pack(body)]
    value = EventFrame(f"ord|{ACCOUNT}|", EPOCH, 9, "assignment", NOW, 0, body)._asdict()
    return {"name": "an unknown event with a longer header: it counts, and is ignored", "frames": _hex(frames),
            "value": value}  # fmt: skip


def _ticks(name: str, kind: str, n: int, body: Any) -> Vector:
    topic = examples.LINE_TOPIC
    frame = encode_ticks(topic.encode(), kind, n, NOW, body)
    return {
        "name": name,
        "frames": [frame.hex()],
        "value": {"topic": topic, "kind": kind, "n": n, "ts_us": NOW, "body": body},
    }


def _header(command: Command) -> CommandHeader:
    sid = SID if command.needs_session else ""
    return CommandHeader(t=command.name, id="abcdefghijklmnopqrstuv", sid=sid, exp=NOW + 5_000_000)


def _name(command: Command) -> str:
    if isinstance(command, PlaceOrder):
        return f"{command.name} {command.order.order_type} {command.client_order_id[:8]}"
    given = ", ".join(name for name in type(command).model_fields if getattr(command, name) not in ("", None, False))
    return f"{command.name}: {given}" if given else command.name


def _plain(value: Any) -> Any:
    """As it comes out of a decoder: tuples are lists there."""
    return json.loads(json.dumps(value))


def _hex(frames: list[bytes]) -> list[str]:
    return [frame.hex() for frame in frames]
