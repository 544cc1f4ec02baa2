from __future__ import annotations

from typing import Any

import pytest

from twsbridge.errors import Closed, closed
from twsbridge.lines import Lines, TickInbox
from twsbridge.protocol.envelope import TicksFrame, encode_ticks, refusal_topic
from twsbridge.protocol.errors import make_error
from twsbridge.protocol.stream_rows import NewsTick

AAPL, MSFT = "md|1@SMART|", "md|2@SMART|"


def frame(topic: str, kind: str, n: int, body: Any) -> bytes:
    return encode_ticks(topic.encode(), kind, n, 1000 + n, body)


def drained(inbox: TickInbox) -> list[tuple[str, Any]]:
    frames = []
    while (each := inbox.get(0)) is not None:
        frames.append((each.kind, each.body))
    return frames


def test_the_first_stream_subscribes_and_the_last_unsubscribes() -> None:
    lines, one, two = Lines(), TickInbox(), TickInbox()
    assert [lines.join(AAPL, one), lines.join(AAPL, two), lines.join(MSFT, one)] == [True, False, True]
    assert sorted(lines.topics()) == [AAPL, MSFT]
    assert [lines.leave(AAPL, one), lines.leave(AAPL, two)] == [False, True]
    assert lines.topics() == [MSFT]


def test_leaving_twice_or_without_joining_changes_nothing() -> None:
    lines, one, two = Lines(), TickInbox(), TickInbox()
    lines.join(AAPL, one)
    assert lines.leave(AAPL, two) is False
    assert lines.leave(AAPL, one) is True
    assert lines.leave(AAPL, one) is False


def test_every_stream_of_a_line_gets_its_frames() -> None:
    lines, one, two = Lines(), TickInbox(), TickInbox()
    lines.join(AAPL, one)
    lines.join(AAPL, two)
    lines.frame(frame(AAPL, "ticks", 1, [[1, 190.0]]))
    lines.frame(frame(MSFT, "ticks", 1, [[1, 400.0]]))
    assert drained(one) == drained(two) == [("ticks", [(1, 190.0)])]


def test_a_later_stream_begins_with_all_that_is_known() -> None:
    lines, one, late = Lines(), TickInbox(), TickInbox()
    lines.join(AAPL, one)
    lines.frame(frame(AAPL, "state", 1, {"state": "live"}))
    lines.frame(frame(AAPL, "ticks", 2, [[1, 190.0], [2, 190.1]]))
    lines.frame(frame(AAPL, "ticks", 3, [[1, 190.05]]))
    lines.join(AAPL, late)
    assert drained(late) == [("state", {"state": "live"}), ("image", [(1, 190.05), (2, 190.1)])]


def test_a_stream_that_falls_behind_begins_again_with_what_is_known_of_all_its_lines() -> None:
    lines, slow, quick = Lines(), TickInbox(limit=3), TickInbox()
    for topic in (AAPL, MSFT):
        lines.join(topic, slow)
    lines.join(AAPL, quick)
    lines.frame(frame(MSFT, "ticks", 1, [[1, 400.0]]))
    for n in range(1, 5):
        lines.frame(frame(AAPL, "ticks", n, [[1, 190.0 + n]]))
    assert sorted(drained(slow)) == [("image", [(1, 193.0)]), ("image", [(1, 400.0)]), ("ticks", [(1, 194.0)])]
    assert len(quick) == 4


def test_a_closed_line_forgets_its_values() -> None:
    lines, one = Lines(), TickInbox()
    lines.join(AAPL, one)
    lines.frame(frame(AAPL, "ticks", 1, [[1, 190.0]]))
    lines.leave(AAPL, one)
    lines.join(AAPL, again := TickInbox())
    assert drained(again) == []


@pytest.mark.parametrize("raw", [b"", b"md|1@SMART|", b"garbage", b"md|1@SMART|\xc1", b"md|1@SMART|\x92\x01\x02"])
def test_a_frame_that_is_none_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError):
        Lines().frame(raw)


def test_closing_reaches_every_stream() -> None:
    lines, one = Lines(), TickInbox()
    lines.join(AAPL, one)
    lines.close(closed())
    with pytest.raises(Closed):
        one.get(0)


def test_frames_say_when_the_bridge_sent_them() -> None:
    lines, one = Lines(), TickInbox()
    lines.join(AAPL, one)
    lines.frame(frame(AAPL, "ticks", 7, [[1, 190.0]]))
    assert one.get(0) == TicksFrame(AAPL, "ticks", 7, 1007, [(1, 190.0)])


def test_a_refusal_ends_the_line_of_the_key_that_it_is_meant_for() -> None:
    lines, one = Lines(), TickInbox()
    lines.join(AAPL, one)
    error = make_error("auth.account", "alice may not follow account U1234567")
    raw = encode_ticks(refusal_topic(AAPL.encode(), "k" * 40), "refused", 0, 5, {"to": "k" * 40, "error": error.wire()})
    lines.frame(raw, "o" * 40)
    assert drained(one) == []
    lines.frame(raw, "k" * 40)
    assert drained(one) == [("state", {"state": "ended", "error": error.wire()})]
    with pytest.raises(ValueError):
        lines.frame(encode_ticks(refusal_topic(AAPL.encode(), "k"), "refused", 0, 5, {"to": "k"}), "k")


def test_a_lost_connection_is_a_gap_and_nothing_from_before_it_outlives_it() -> None:
    lines, one = Lines(), TickInbox()
    lines.join(AAPL, one)
    lines.frame(frame(AAPL, "state", 1, {"state": "live"}))
    lines.frame(frame(AAPL, "ticks", 2, [[1, 190.0], [2, 190.1]]))
    lines.cut("lost")
    drained(one)
    lines.frame(frame(AAPL, "state", 1, {"state": "waiting"}))
    lines.join(AAPL, late := TickInbox())
    stale = {"state": "stale", "gap": {"since_us": 1002, "reason": "lost"}}
    assert drained(late) == [("state", stale), ("image", [(1, 190.0), (2, 190.1)])]
    lines.frame(frame(AAPL, "state", 2, {"state": "live"}))
    lines.frame(frame(AAPL, "ticks", 3, [[1, 191.0]]))
    over = {"state": "live", "resumed": {"since_us": 1002, "data_lost": True}}
    assert drained(one) == [("state", stale), ("state", stale), ("image", [(1, 191.0)]), ("state", over)]
    lines.frame(frame(AAPL, "ticks", 4, [[2, 191.1]]))
    lines.join(AAPL, last := TickInbox())
    assert drained(last) == [("state", {"state": "live"}), ("image", [(1, 191.0), (2, 191.1)])]


def test_a_line_of_which_nothing_is_known_has_no_gap() -> None:
    lines, one = Lines(), TickInbox()
    lines.join(AAPL, one)
    lines.cut("lost")
    assert drained(one) == []


def test_what_happens_is_told_behind_the_end_of_the_gap() -> None:
    lines, one = Lines(), TickInbox()
    topic = "tape|BRFG|"
    lines.join(topic, one)
    lines.frame(frame(topic, "state", 1, {"state": "live"}))
    lines.cut("lost")
    lines.frame(frame(topic, "state", 1, {"state": "live"}))
    drained(one)
    width = len(NewsTick._fields)
    lines.frame(frame(topic, "ticks", 2, [[str(n) for n in range(width)]]))
    assert [kind for kind, _ in drained(one)] == ["state", "ticks"]
