"""Messages that must be refused: commands by the bridge, with the code and the field named here; others by a client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from generator.examples import SID
from twsbridge.protocol.envelope import MAGIC, pack

Vector = dict[str, Any]

HEADER = {"t": "order.place", "id": "1", "sid": SID}
ORDER = {"action": "BUY", "quantity": "10", "order_type": "LMT", "limit_price": 190.5}
PLACE = {"client_order_id": "mean-1", "contract": {"con_id": 265598}, "order": ORDER}
ABSENT = object()


def commands() -> Iterator[Vector]:
    """Commands that are refused; `field` is null where no single field is to blame."""
    yield from _malformed()
    for changes, code, field in HEADERS:
        yield _vector(f"header {_said(changes)}", [_with(HEADER, changes), PLACE], code, field)
    for name, value in UNFIT.items():
        body = _with(PLACE, {"contract": {"symbol": value}})
        yield _vector(f"a value that is {name}", [HEADER, body], "req.invalid", "contract.symbol")
    for changes, unfit in BODIES:
        yield _vector(f"body {_said(changes)}", [HEADER, _with(PLACE, changes)], "req.invalid", unfit)
    for changes, unfit in ORDERS:
        body = {**PLACE, "order": _with(ORDER, changes)}
        yield _vector(f"order {_said(changes)}", [HEADER, body], "req.invalid", unfit)
    for command, fields, missing in OTHERS:
        yield _vector(f"{command} {_said(fields)}", [{**HEADER, "t": command}, fields], "req.invalid", missing)


def _malformed() -> Iterator[Vector]:
    for name, frames in NO_COMMANDS.items():
        yield {"name": name, "frames": _hex(frames), "code": "req.malformed", "field": None}
    for name, frame in {**UNREADABLE, **ODD_KEYS}.items():
        yield _vector(f"header: {name}", [frame, PLACE], "req.malformed", None)
        yield _vector(f"body: {name}", [HEADER, frame], "req.malformed", None)
    for name, text in UNREADABLE_JSON.items():
        yield _vector(f"JSON: {name}", [json.dumps(HEADER).encode(), text], "req.malformed", None)


def from_bridge() -> Iterator[Vector]:
    """Messages that no bridge sends; a client drops them and goes on."""
    for name, frames in NO_COMMANDS.items():
        yield _from_bridge("reply", name, frames)
    for name, frame in UNREADABLE.items():
        yield _from_bridge("reply", f"header: {name}", [MAGIC, frame, pack({})])
        if name != "malformed UTF-8":  # which not every library notices
            yield _from_bridge("event", f"body: {name}", [b"sys|", pack(EVENT), frame])
    for changes in WRONG_REPLIES:
        yield _from_bridge("reply", f"header {_said(changes)}", [MAGIC, pack(_with(REPLY, changes)), pack({})])
    yield _from_bridge("reply", "a body that is a list", [MAGIC, pack(REPLY), pack([])])
    for header in WRONG_EVENTS:
        yield _from_bridge("event", f"header {json.dumps(header)}", [b"sys|", pack(header), pack({})])
    yield _from_bridge("event", "two frames", [b"sys|", pack(EVENT)])
    for name, frame in WRONG_TICKS.items():
        yield _from_bridge("ticks", name, [frame])


NO_COMMANDS: dict[str, list[bytes]] = {
    "one frame": [MAGIC],
    "two frames": [MAGIC, pack(HEADER)],
    "four frames": [MAGIC, pack(HEADER), pack(PLACE), b""],
    "another magic": [b"IBB2", pack(HEADER), pack(PLACE)],
    "an empty frame before it, as REQ sends it": [b"", MAGIC, pack(HEADER)],
}

UNREADABLE: dict[str, bytes] = {
    "empty": b"",
    "the byte that msgpack never uses": b"\xc1",
    "a list": b"\x90",
    "cut off": pack(PLACE)[:-1],
    "with a byte too many": pack(HEADER) + b"\xc0",
    "malformed UTF-8": b"\x81\xa1a\xa1\xff",
    "four billion elements that are not there": b"\xdd\xff\xff\xff\xff",
    "nested 1,100 times": b"\x91" * 1100 + b"\xc0",
}

ODD_KEYS: dict[str, bytes] = {
    "an integer as a key": b"\x81\x01\x01",
    "a float as a key": b"\x81\xcb" + bytes(8) + b"\x01",
    "bytes as a key": b"\x81\xc4\x01a\x01",
    "a key that comes twice": b"\x82\xa1a\x01\xa1a\x02",
}

UNREADABLE_JSON: dict[str, bytes] = {
    "cut off": b'{"client_order_id": ',
    "a list": b"[]",
    "a key that comes twice": b'{"wait": "durable", "wait": "filled"}',
    "UTF-16": '{"wait": "durable"}'.encode("utf-16-le"),
    "malformed UTF-8": b'{"wait": "\xff"}',
}

UNFIT: dict[str, Any] = {
    "NaN": float("nan"),
    "infinite": float("inf"),
    "beyond 2**53": 2**53,
    "below -2**53": -(2**53),
    "bytes": b"AAPL",
    "with a NUL": "AAPL\x00",
    "with a newline": "AA\nPL",
    "not ASCII": "caf\u00e9",
    "too long": "x" * 257,
    "a number in place of a text": 5,
}

HEADERS: list[tuple[dict[str, Any], str, str]] = [
    ({"id": ABSENT}, "req.malformed", "header.id"),
    ({"id": ""}, "req.malformed", "header.id"),
    ({"id": 1}, "req.malformed", "header.id"),
    ({"id": "x" * 65}, "req.malformed", "header.id"),
    ({"t": ABSENT}, "req.malformed", "header.t"),
    ({"t": "order.plaice"}, "req.unknown_type", "header.t"),
    ({"v": 2}, "req.version", "header.v"),
    ({"v": 2, "t": "later"}, "req.version", "header.v"),
    ({"exp": True}, "req.invalid", "header.exp"),
    ({"exp": 1.5}, "req.invalid", "header.exp"),
    ({"exp": 2**60}, "req.invalid", "header.exp"),
    ({"exp": float("nan")}, "req.invalid", "header.exp"),
    ({"sid": None}, "req.invalid", "header.sid"),
    ({"sid": "a\x00b"}, "req.invalid", "header.sid"),
    ({"token": "x"}, "req.invalid", "header.token"),
]

BODIES: list[tuple[dict[str, Any], str]] = [
    ({"client_order_id": ABSENT}, "client_order_id"),
    ({"client_order_id": ""}, "client_order_id"),
    ({"client_order_id": "two words"}, "client_order_id"),
    ({"client_order_id": "x" * 65}, "client_order_id"),
    ({"contract": ABSENT}, "contract"),
    ({"contract": "AAPL"}, "contract"),
    ({"contract": {"con_id": "265598"}}, "contract.con_id"),
    ({"contract": {"con_id": True}}, "contract.con_id"),
    ({"contract": {"con_id": 1.5}}, "contract.con_id"),
    ({"contract": {"simbol": "AAPL"}}, "contract.simbol"),
    ({"order": None}, "order"),
    ({"wait": "later"}, "wait"),
    ({"limit_price": 190.5}, "limit_price"),
]

ORDERS: list[tuple[dict[str, Any], str]] = [
    ({"limitprice": 190.5}, "order.limitprice"),
    ({"limit_price": ABSENT}, "order.limit_price"),
    ({"limit_price": "190.5"}, "order.limit_price"),
    ({"limit_price": True}, "order.limit_price"),
    ({"limit_price": 1e300}, "order.limit_price"),
    ({"limit_price": float("nan")}, "order.limit_price"),
    ({"order_type": "MKT"}, "order.limit_price"),
    ({"order_type": "STP LMT"}, "order.stop_price"),
    ({"order_type": "ICEBERG"}, "order.order_type"),
    ({"stop_price": 180.0}, "order.stop_price"),
    ({"quantity": 10.5}, "order.quantity"),
    ({"quantity": "1e3"}, "order.quantity"),
    ({"quantity": "0"}, "order.quantity"),
    ({"quantity": "-1"}, "order.quantity"),
    ({"quantity": "1000000001"}, "order.quantity"),
    ({"quantity": "0." + "1" * 19}, "order.quantity"),
    ({"quantity": True}, "order.quantity"),
    ({"action": "HOLD"}, "order.action"),
    ({"tif": "GTD"}, "order.good_till_date"),
    ({"tif": "SOON"}, "order.tif"),
    ({"outside_rth": 1}, "order.outside_rth"),
]

OTHERS: list[tuple[str, dict[str, Any], str | None]] = [
    ("hello", {}, "protocol"),
    ("hello", {"protocol": [1]}, "protocol"),
    ("status", {"verbose": True}, "verbose"),
    ("replay", {"stream": "sys|", "epoch": "e", "from_seq": 0}, "from_seq"),
    ("replay", {"stream": "sys|", "epoch": "e", "from_seq": 1, "limit": 5001}, "limit"),
    ("history.bars", {"contract": {}, "duration": "30 days", "bar_size": "1 day"}, "duration"),
    ("history.bars", {"contract": {}, "duration": "30 D", "bar_size": "1 d"}, "bar_size"),
    ("order.modify", {"order_id": 0, "order": ORDER}, "order_id"),
    ("order.modify", {"client_order_id": "mean-1", "order": ORDER}, "order_id"),
    ("order.cancel", {}, None),
    ("order.cancel", {"order_id": 17, "client_order_id": "mean-1"}, None),
    ("order.cancel_all", {"everything": "yes"}, "everything"),
    ("order.resend", {"client_order_id": "mean-1", "attempt": 0}, "attempt"),
    ("order.resend", {"attempt": 1}, "client_order_id"),
    ("order.place_group", {"kind": "bracket", "members": []}, "members"),
    ("order.place_group", {"kind": "pair", "members": []}, "kind"),
]


REPLY: dict[str, Any] = {"t": "ping", "id": "1", "ok": True}
EVENT: list[Any] = ["e", 1, "notice", 2, 0]

WRONG_REPLIES: list[dict[str, Any]] = [
    {"id": ABSENT},
    {"id": 1},
    {"ok": 1},
    {"ok": ABSENT},
    {"part": "0"},
    {"more": "no"},
]
WRONG_EVENTS: list[Any] = [
    {}, [], EVENT[:4], ["e", "1", "t", 2, 0], ["e", True, "t", 2, 0], [1, 1, "t", 2, 0], "notice",
]  # fmt: skip
WRONG_TICKS: dict[str, bytes] = {
    "empty": b"",
    "no topic": pack(["ticks", 1, 2, []]),
    "topic alone": b"md|1@SMART|",
    "a map": b"md|1@SMART|" + pack({}),
    "a text": b"md|1@SMART|" + pack("tnxy"),
    "three parts": b"md|1@SMART|" + pack(["ticks", 1, 2]),
    "a kind that is a number": b"md|1@SMART|" + pack([1, 1, 2, []]),
    "a count that is a text": b"md|1@SMART|" + pack(["ticks", "1", 2, []]),
    "a count that is true": b"md|1@SMART|" + pack(["ticks", True, 2, []]),
}


def _vector(name: str, parts: list[bytes | dict[str, Any]], code: str, field: str | None) -> Vector:
    frames = [MAGIC, *(part if isinstance(part, bytes) else pack(part) for part in parts)]
    return {"name": name, "frames": _hex(frames), "code": code, "field": field}


def _from_bridge(kind: str, name: str, frames: list[bytes]) -> Vector:
    return {"name": f"{kind}: {name}", "kind": kind, "frames": _hex(frames)}


def _hex(frames: list[bytes]) -> list[str]:
    return [frame.hex() for frame in frames]


def _with(value: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {key: new for key, new in {**value, **changes}.items() if new is not ABSENT}


def _said(changes: dict[str, Any]) -> str:
    said = (f"without {key}" if new is ABSENT else f"{key}={ascii(new)[:40]}" for key, new in changes.items())
    return ", ".join(said) or "without fields"
