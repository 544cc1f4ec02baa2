from __future__ import annotations

import pytest

from tests.client.fake_bridge import FakeBridge
from tests.waiting import eventually
from twsbridge import Client, TwsError
from twsbridge.protocol.errors import make_error
from twsbridge.protocol.stream_rows import GroupContract

TOPIC = "group|1|"


def test_items_come_one_by_one_and_a_second_stream_starts_with_what_is_known(fake: FakeBridge, client: Client) -> None:
    with client.rows(TOPIC) as one:
        eventually(lambda: TOPIC in fake.subscribed)
        fake.ticks(TOPIC, "state", 1, {"state": "live"})
        fake.ticks(TOPIC, "ticks", 2, [["1@SMART"], ["2@SMART"]])
        assert [next(one), next(one)] == [GroupContract("1@SMART"), GroupContract("2@SMART")]
        assert one.state == "live" and one.next(0.01) is None
        with client.rows(TOPIC) as two:
            assert next(two) == GroupContract("2@SMART")
        fake.ticks(TOPIC, "ticks", 5, [["none"]])
        assert next(one) == GroupContract("none") and one.missed == 2
    with pytest.raises(StopIteration):
        next(one)


def test_the_reason_of_an_end_is_raised(fake: FakeBridge, client: Client) -> None:
    with client.rows(TOPIC) as stream:
        eventually(lambda: TOPIC in fake.subscribed)
        error = make_error("tws.permission", "no such group")
        fake.ticks(TOPIC, "state", 1, {"state": "ended", "error": error.wire()})
        with pytest.raises(TwsError, match="no such group"):
            next(stream)
        assert stream.error is not None and stream.error.code == "tws.permission"


def test_silence_is_told_where_it_was_asked_for(client: Client) -> None:
    with client.rows(TOPIC, timeout=0.01) as stream, pytest.raises(TimeoutError, match="state waiting"):
        next(stream)


def test_a_gap_is_told_and_the_one_before_the_item_that_was_read(fake: FakeBridge, client: Client) -> None:
    with client.rows(TOPIC) as stream:
        eventually(lambda: TOPIC in fake.subscribed)
        gap = {"since_us": 5, "reason": "the connection was closed"}
        fake.ticks(TOPIC, "state", 1, {"state": "stale", "gap": gap})
        assert stream.next(0.2) is None
        assert stream.state == "stale" and stream.gap is not None and stream.gap.reason == gap["reason"]
        fake.ticks(TOPIC, "state", 2, {"state": "live", "resumed": {"since_us": 5, "data_lost": True}})
        fake.ticks(TOPIC, "ticks", 3, [["1@SMART"]])
        assert next(stream) == GroupContract("1@SMART")
        assert stream.gap is None and stream.resumed is not None and stream.resumed.since_us == 5


def test_a_line_that_is_held_back_says_until_when(fake: FakeBridge, client: Client) -> None:
    with client.rows(TOPIC) as stream:
        eventually(lambda: TOPIC in fake.subscribed)
        held = {"until_us": 7, "reason": "TWS takes one request in 15 seconds"}
        fake.ticks(TOPIC, "state", 1, {"state": "waiting", "held": held})
        assert stream.held is None and stream.next(0.2) is None
        assert stream.held is not None and stream.held.until_us == 7
        fake.ticks(TOPIC, "state", 2, {"state": "waiting"})
        assert stream.next(0.2) is None and stream.held is None
