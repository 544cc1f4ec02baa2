from __future__ import annotations

from typing import Any

from twsbridge.pending import Pending, Request
from twsbridge.protocol.commands import GetStatus
from twsbridge_server.mq.long_replies import MOST_BYTES, PACKED_BYTES, LongReplies, ReplyTo, parts_of

TO = ReplyTo(b"a", "1", "status")


def body(rows: int) -> dict[str, Any]:
    return {
        "tz": "UTC",
        "i64": {"time_us": bytes(range(8)) * rows},
        "f64": {"open": b"12345678" * rows},
        "rows": [1, 2],
    }


def test_only_packed_columns_make_an_answer_long() -> None:
    assert parts_of({"rows": ["x" * 1_000_000]}, False) == 0
    assert parts_of(body(PACKED_BYTES // 16), False) == 1
    assert parts_of(body(PACKED_BYTES // 16 + 1), False) == 2
    assert parts_of(body(PACKED_BYTES // 16), True) == 8


def test_they_take_turns_and_come_out_whole() -> None:
    long = LongReplies()
    long.add(TO, body(100_000), 3, False)
    other = TO._replace(request_id="2")
    long.add(other, body(20_000), 0, False)
    told = [long.next() for _ in range(4)]
    assert [each.to for each in told] == [TO, other] * 2
    assert [each.reply.part for each in told] == [3, 0, 4, 1]
    pending, request = Pending(), Request("2", GetStatus(), 0.0)
    pending.add(request)
    while long:
        told.append(long.next())
    whole = [found for each in told if (found := pending.accept(each.reply))]
    assert [found[1].body for found in whole] == [body(20_000)]
    assert [each.is_last for each in told if each.to == TO] == [False] * 12 + [True]


def test_only_so_many_bytes_wait_for_one_connection_but_one_answer_always_may() -> None:
    long, huge = LongReplies(), {"i64": {"time_us": bytes(MOST_BYTES // 2 + PACKED_BYTES)}}
    assert long.has_room(TO, {"i64": {"time_us": bytes(MOST_BYTES + 8)}})
    long.add(TO, huge, 0, False)
    assert not long.has_room(TO, huge) and long.has_room(TO._replace(route=b"b"), huge)
    assert long.has_room(TO, body(100_000))
    for _ in range(3):
        long.next()
    assert long.has_room(TO, huge)
    long.drop(TO)
    assert long.has_room(TO, huge)


def test_what_nobody_takes_is_dropped() -> None:
    long = LongReplies()
    long.add(TO, body(100_000), 0, False)
    long.next()
    long.drop(TO)
    assert len(long) == 0
