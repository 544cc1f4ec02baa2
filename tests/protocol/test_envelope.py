from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocol.strategies import texts, wire_model, with_text
from twsbridge.protocol import envelope
from twsbridge.protocol.columns import pack_floats, pack_ints
from twsbridge.protocol.commands import COMMANDS, Ping, PlaceOrder
from twsbridge.protocol.envelope import (
    MAGIC,
    MAX_COMMAND_BYTES,
    CommandHeader,
    EventFrame,
    Reply,
    TicksFrame,
    decode_command,
    decode_event,
    decode_reply,
    decode_ticks,
    encode_command,
    encode_event,
    encode_reply,
    encode_ticks,
    header_of,
    pack,
    unpack,
)
from twsbridge.protocol.errors import InvalidRequest

HEADER = {"t": "ping", "id": "1"}
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | texts | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def refused(*frames: bytes) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        decode_command(list(frames))
    return caught.value


def refused_header(**changes: Any) -> InvalidRequest:
    header = {key: value for key, value in {**HEADER, **changes}.items() if value is not ...}
    return refused(MAGIC, pack(header), pack({}))


@pytest.mark.parametrize(
    "frames",
    [
        [],
        [MAGIC],
        [MAGIC, pack(HEADER)],
        [MAGIC, pack(HEADER), pack({}), b""],
        [b"IBB2", pack(HEADER), pack({})],
        [b"", b"", b""],
    ],
    ids=len,
)
def test_a_command_has_three_frames_and_the_magic(frames: list[bytes]) -> None:
    assert refused(*frames).code == "req.malformed"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"id": ...}, "req.malformed", "header.id"),
        ({"id": ""}, "req.malformed", "header.id"),
        ({"id": "x" * 65}, "req.malformed", "header.id"),
        ({"id": 7}, "req.malformed", "header.id"),
        ({"t": ...}, "req.malformed", "header.t"),
        ({"t": None}, "req.malformed", "header.t"),
        ({"t": "order.plaice"}, "req.unknown_type", "header.t"),
        ({"t": "__class__"}, "req.unknown_type", "header.t"),
        ({"v": 2}, "req.version", "header.v"),
        ({"v": 2, "t": "of.version.2", "new": 1}, "req.version", "header.v"),
        ({"v": "1"}, "req.version", "header.v"),
        ({"v": True}, "req.invalid", "header.v"),
        ({"exp": True}, "req.invalid", "header.exp"),
        ({"exp": 1.5}, "req.invalid", "header.exp"),
        ({"exp": 2**53}, "req.invalid", "header.exp"),
        ({"exp": float("nan")}, "req.invalid", "header.exp"),
        ({"sid": 5}, "req.invalid", "header.sid"),
        ({"sid": "\x00"}, "req.invalid", "header.sid"),
        ({"id": "caf\u00e9"}, "req.invalid", "header.id"),
        ({"token": "x"}, "req.invalid", "header.token"),
    ],
    ids=str,
)
def test_headers_that_are_refused(changes: dict[str, Any], code: str, field: str) -> None:
    error = refused_header(**changes)
    assert (error.code, error.field, error.outcome) == (code, field, "rejected")


def test_an_unknown_command_is_told_the_known_ones() -> None:
    assert refused_header(t="x").wire.details == {"known": sorted(COMMANDS)}


MALFORMED = {
    "empty": b"",
    "reserved byte": b"\xc1",
    "no map": b"\x90",
    "a number": b"\x01",
    "truncated": pack({"a": "long text"})[:-1],
    "trailing bytes": pack({}) + b"\xc0",
    "malformed UTF-8": b"\x81\xa1a\xa1\xff",
    "integer key": b"\x81\x01\x01",
    "float key": b"\x81\xcb" + bytes(8) + b"\x01",
    "nil key": b"\x81\xc0\x01",
    "bytes key": b"\x81\xc4\x01a\x01",
    "map as key": b"\x81\x80\x01",
    "key twice": b"\x82\xa1a\x01\xa1a\x02",
    "key twice below": b"\x81\xa1b\x82\xa1a\x01\xa1a\x02",
    "claims 4 G elements": b"\xdd\xff\xff\xff\xff",
    "claims 4 G entries": b"\xdf\xff\xff\xff\xff",
    "claims 4 GB text": b"\xdb\xff\xff\xff\xff",
    "invalid timestamp": b"\x81\xa1a\xd7\xff" + b"\xff" * 8,
    "deep": b"\x81\xa1a" + b"\x91" * 20 + b"\x01",
    "very deep": b"\x91" * 60_000,
    "many values": b"\x81\xa1a\xdc\x20\x00" + b"\xc0" * 0x2000,
    "many empty maps": b"\x81\xa1a\xdc\xf0\x00" + b"\x80" * 0xF000,
}


@pytest.mark.parametrize("frame", MALFORMED.values(), ids=MALFORMED)
def test_malformed_msgpack(frame: bytes) -> None:
    assert refused(MAGIC, frame, pack({})).code == "req.malformed"
    assert refused(MAGIC, pack(HEADER), frame).code == "req.malformed"


UNFIT = {
    "extension": b"\x81\xa1a\xd4\x05x",
    "timestamp": b"\x81\xa1a\xd6\xff\x00\x00\x00\x00",
    "bytes": b"\x81\xa1a\xc4\x01x",
    "64-bit unsigned": b"\x81\xa1a\xcf" + b"\xff" * 8,
    "NaN": pack({"a": float("nan")}),
    "infinity": pack({"a": float("-inf")}),
    "NUL": pack({"a": "x\x00y"}),
    "newline": pack({"a": "x\ny"}),
    "not ASCII": pack({"a": "caf\u00e9"}),
    "long text": pack({"a": "x" * 257}),
}


@pytest.mark.parametrize("frame", UNFIT.values(), ids=UNFIT)
def test_values_that_no_command_may_contain(frame: bytes) -> None:
    error = refused(MAGIC, pack(HEADER), frame)
    assert (error.code, error.field) == ("req.invalid", "a")


MALFORMED_JSON = {
    "truncated": b'{"a":',
    "no map": b"[]",
    "key twice": b'{"a":1,"a":1}',
    "trailing": b"{} {}",
    "UTF-16": '{"a":1}'.encode("utf-16-le"),
    "UTF-8 with a mark": b"\xef\xbb\xbf{}",
    "malformed UTF-8": b'{"a":"\xff"}',
    "raw newline": b'{"a":"\n"}',
    "very deep": b'{"a":' + b"[" * 60_000,
    "integer of 5000 digits": b'{"a":' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("frame", MALFORMED_JSON.values(), ids=MALFORMED_JSON)
def test_malformed_json(frame: bytes) -> None:
    assert refused(MAGIC, json.dumps(HEADER).encode(), frame).code == "req.malformed"


UNFIT_JSON = [
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b"1e400",
    b"9007199254740992",
    b'"\\u0000"',
    b'"\\ud800"',
    b'"\\u00e9"',
]


@pytest.mark.parametrize("value", UNFIT_JSON)
def test_values_that_no_command_may_contain_in_json(value: bytes) -> None:
    error = refused(MAGIC, json.dumps(HEADER).encode(), b'{"a":' + value + b"}")
    assert (error.code, error.field) == ("req.invalid", "a")


def test_size() -> None:
    header = pack(HEADER)
    fitting = b"{" * (MAX_COMMAND_BYTES - len(MAGIC) - len(header))
    assert refused(MAGIC, header, fitting).code == "req.malformed"
    assert refused(MAGIC, header, fitting + b"{").code == "req.too_large"
    assert refused(MAGIC, b"\xdb" * 10**6, b"").code == "req.too_large"


def test_a_header_in_json_asks_for_an_answer_in_json() -> None:
    frames = [MAGIC, b'{"t": "ping", "id": "7", "exp": 1.7e15}', b"{}"]
    assert header_of(frames) == ({"t": "ping", "id": "7", "exp": 1.7e15}, True)
    header = CommandHeader(t="ping", id="7", exp=1_700_000_000_000_000)
    assert decode_command(frames) == (header, Ping(), True)
    assert header_of(encode_command(Ping(), header))[1] is False


@given(wire_model(CommandHeader, with_text(st.text("abc", min_size=1, max_size=64))), wire_model(PlaceOrder))
def test_a_command_with_whole_numbers_as_floats_and_floats_as_integers(
    header: CommandHeader, place: PlaceOrder
) -> None:
    body = place.wire()
    body["contract"]["con_id"] = float(body["contract"]["con_id"])
    price = body["order"]["limit_price"]
    if price is not None:
        body["order"]["limit_price"] = round(price)
    head = {**header.wire(), "t": "order.place", "v": 1.0}
    arrived: Any = decode_command([MAGIC, pack(head), pack(body)]).command
    assert arrived.contract == place.contract
    assert arrived.order.limit_price == (None if price is None else float(round(price)))


@given(st.booleans(), st.dictionaries(texts, texts), st.integers(0, 2**31), st.booleans())
def test_round_trip_of_a_reply(ok: bool, body: dict[str, str], part: int, more: bool) -> None:
    reply = Reply("status", "id", ok, body, part, more)
    assert decode_reply(encode_reply(reply)) == reply


@given(st.dictionaries(texts, PLAIN.filter(lambda value: value == value)))
def test_a_reply_in_json_says_the_same_as_in_msgpack(body: dict[str, Any]) -> None:
    try:
        frames = encode_reply(Reply("status", "id", True, body), is_json=True)
    except (TypeError, ValueError):
        return  # bytes and numbers that are not finite have no JSON form
    assert json.loads(frames[1]) == unpack(encode_reply(Reply("status", "id", True, body))[1])
    assert json.loads(frames[2]) == body


def test_bars_in_json_are_lists() -> None:
    body = {"i64": {"time_us": pack_ints([1])}, "f64": {"close": pack_floats([1.5, float("nan")])}}
    frames = encode_reply(Reply("history.bars", "id", True, body), is_json=True)
    assert json.loads(frames[2]) == {"i64": {"time_us": [1]}, "f64": {"close": [1.5, None]}}


def test_a_reply_of_a_later_version_may_say_more() -> None:
    header = {"t": "ping", "id": "1", "ok": True, "part": 0, "more": False, "cost": 3}
    assert decode_reply([MAGIC, pack(header), pack({"x": 1})]) == Reply("ping", "1", True, {"x": 1})
    assert decode_reply([MAGIC, pack({"t": "ping", "id": "1", "ok": False}), pack({})]).more is False


@pytest.mark.parametrize(
    "wrong", [{"id": 1}, {"t": None}, {"ok": 1}, {"part": "0"}, {"part": []}, {"part": float("inf")}, {"more": "no"}]
)
def test_replies_that_are_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        decode_reply([MAGIC, pack({"t": "ping", "id": "1", "ok": True, **wrong}), pack({})])


events = st.builds(
    EventFrame,
    texts,
    texts,
    st.integers(0, 2**53),
    texts,
    st.integers(0, 2**53),
    st.integers(0, 7),
    st.dictionaries(texts, texts),
)


@given(events)
def test_round_trip_of_an_event(event: EventFrame) -> None:
    assert decode_event(encode_event(event)) == event


def test_an_event_of_a_later_version_may_have_a_longer_header() -> None:
    frames = [b"sys|", pack(["epoch", 1, "notice", 2, 0, "more"]), pack({})]
    assert decode_event(frames) == EventFrame("sys|", "epoch", 1, "notice", 2, 0, {})


@pytest.mark.parametrize(
    "header",
    [{}, [], ["e", 1, "t", 2], ["e", True, "t", 2, 0], ["e", "1", "t", 2, 0], [1, 1, "t", 2, 0], "ealnd", None],
    ids=repr,
)
def test_events_that_are_none(header: Any) -> None:
    with pytest.raises(ValueError):
        decode_event([b"sys|", pack(header), pack({})])


@given(
    st.sampled_from(["ticks", "image"]),
    st.integers(0, 2**53),
    st.lists(st.tuples(st.integers(0, 99), st.floats(-1e9, 1e9)).map(list)),
)
def test_round_trip_of_ticks(kind: str, n: int, body: list[Any]) -> None:
    frame = encode_ticks(b"md|265598@SMART|", kind, n, 1_700_000_000_000_000, body)
    assert frame.startswith(b"md|265598@SMART|")
    assert decode_ticks(frame) == TicksFrame("md|265598@SMART|", kind, n, 1_700_000_000_000_000, body)


NO_TICKS = [
    b"", b"md", b"md|", b"md|1@SMART", b"md|1@SMART|", b"md|1@SMART|\x80", b"md|\xff|" + pack(["ticks", 1, 2, []]),
    *(b"md|1@SMART|" + pack(value) for value in ("tnxy", b"tnxy", ["ticks", 1, 2], [1, 1, 2, []])),
    *(b"md|1@SMART|" + pack(["ticks", value, 2, []]) for value in (True, 1.5, "1", None)),
]  # fmt: skip


@pytest.mark.parametrize("frame", NO_TICKS)
def test_ticks_that_are_none(frame: bytes) -> None:
    with pytest.raises(ValueError):
        decode_ticks(frame)


frames = (
    st.binary(max_size=64)
    | PLAIN.map(pack)
    | st.sampled_from([MAGIC, pack(HEADER), pack({}), b"{}", b'{"t":"ping","id":"1"}'])
)
some_frames = st.lists(frames, max_size=4) | st.tuples(st.just(MAGIC), frames, frames).map(list)


@given(some_frames)
@settings(max_examples=500)
def test_random_frames_raise_nothing_but_the_typed_error(received: list[bytes]) -> None:
    try:
        decode_command(received)
    except InvalidRequest as error:
        assert error.code in ("req.malformed", "req.invalid", "req.unknown_type", "req.version", "req.too_large")
        assert error.wire.now
        assert error.wire.do


@given(some_frames)
@settings(max_examples=500)
def test_random_frames_raise_nothing_but_value_errors_in_a_client(received: list[bytes]) -> None:
    for decode in (decode_reply, decode_event):
        try:
            decode(received)
        except ValueError:
            pass
    for frame in received:
        try:
            decode_ticks(b"md|1@SMART|" + frame)
        except ValueError:
            pass


@given(st.data())
@settings(max_examples=300)
def test_mutated_commands_raise_nothing_but_the_typed_error(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(COMMANDS)))
    command = data.draw(wire_model(COMMANDS[name], with_text(st.just("x"))))
    received = encode_command(command, CommandHeader(t=name, id="1", sid="s"))
    which = data.draw(st.integers(1, 2))
    changed = bytearray(received[which])
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    received[which] = bytes(changed)
    try:
        decode_command(received)
    except InvalidRequest:
        pass


def test_the_magic_is_the_protocols_major_version() -> None:
    assert (envelope.MAGIC, envelope.VERSION) == (b"IBB1", 1)
