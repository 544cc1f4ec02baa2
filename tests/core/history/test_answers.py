from __future__ import annotations

from tests.core.history.test_series import NOW, OPEN, series, want
from tests.core.history.world import block
from twsbridge_server.core.history.answers import TELL_US, bars_of, progress_of, too_late
from twsbridge_server.core.history.scale import DAY_US


def test_bars_tell_where_they_come_from() -> None:
    one = series()
    one.held.add(block(OPEN, OPEN + 10, OPEN, OPEN + 5, fetched_us=1, server_version=176))
    one.held.add(block(OPEN + 10, OPEN + 20, OPEN + 10, fetched_us=2))
    bars = bars_of(one, want(one, start_us=OPEN, end_us=OPEN + 20), (OPEN, OPEN + 20))
    told = [(each.count, each.fetched_us, each.server_version) for each in bars.sources]
    assert told == [(2, 1, 176), (1, 2, 200)] and bars.count == 3


def test_progress_is_told_now_and_then_to_who_asked_for_it() -> None:
    one = series()
    some = want(one, start_us=OPEN - 10 * DAY_US, end_us=OPEN, progress=True)
    one.held.add(block(OPEN - 5 * DAY_US, OPEN, OPEN - 5 * DAY_US))
    assert progress_of(one, some, NOW + 1) == []
    (reply,) = progress_of(one, some, NOW + TELL_US)
    assert reply.more and reply.part == 0 and reply.body is not None
    assert reply.body.wire() == {"progress": {"done": 0.5, "requests": 0, "left_us": TELL_US}}
    assert progress_of(one, want(one, start_us=OPEN, end_us=OPEN + 9), NOW + TELL_US) == []


def test_too_late() -> None:
    one = series()
    assert "0 % of 1 min bars" in too_late(one, want(one, start_us=OPEN, end_us=OPEN + 9), NOW).msg
