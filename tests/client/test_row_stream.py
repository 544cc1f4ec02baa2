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
