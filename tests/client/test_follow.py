from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge import follow
from twsbridge.errors import StreamError
from twsbridge.follow import Follower
from twsbridge.protocol.envelope import EventFrame
from twsbridge.protocol.replies import Head

STREAM = "ord|DU1234567|"


def event(seq: int, epoch: str = "e") -> EventFrame:
    return EventFrame(STREAM, epoch, seq, "order", seq, 0, {})


def head(following: int, first: int = 1, epoch: str = "e") -> Head:
    return Head(epoch=epoch, first=first, next=following)


def seqs(events: Iterable[EventFrame]) -> list[int]:
    return [each.seq for each in events]


def test_events_in_order_come_straight_through() -> None:
    follower = Follower(STREAM, "e", 0)
    assert [seqs(follower.event(event(seq))) for seq in (1, 2, 3)] == [[1], [2], [3]]
    assert follower.wanted is None


def test_after_a_hole_events_wait_and_the_missing_are_wanted() -> None:
    follower = Follower(STREAM, "e", 0)
    assert follower.event(event(3)) == []
    assert follower.wanted == 1
    assert seqs(follower.event(event(1))) == [1]
    assert follower.wanted == 2
    assert seqs(follower.event(event(2))) == [2, 3]
    assert follower.wanted is None


def test_heads_reveal_a_lost_last_event() -> None:
    follower = Follower(STREAM, "e", 4)
    follower.head(head(5))
    assert follower.wanted is None
    follower.head(head(6))
    assert follower.wanted == 5
    follower.head(head(5))
    assert follower.wanted == 5, "an older head takes nothing back"


def test_a_cursor_behind_the_heads_wants_what_it_has_not_seen() -> None:
    follower = Follower(STREAM, "e", 10)
    follower.head(head(15))
    assert follower.wanted == 11


def test_duplicates_vanish() -> None:
    follower = Follower(STREAM, "e", 2)
    assert follower.event(event(2)) == []
    follower.event(event(4))
    assert follower.event(event(4)) == []
    assert seqs(follower.event(event(3))) == [3, 4]


@pytest.mark.parametrize("say", [lambda f: f.event(event(3, "f")), lambda f: f.head(head(9, epoch="f"))])
def test_another_epoch_is_an_error_that_says_how_to_go_on(say: object) -> None:
    follower = Follower(STREAM, "e", 2)
    with pytest.raises(StreamError, match="since=None") as caught:
        say(follower)  # type: ignore[operator]  # the parameters are functions
    assert caught.value.code == "stream.epoch"


def test_events_that_the_journal_has_dropped_are_an_error() -> None:
    with pytest.raises(StreamError, match="Events 3 to 6") as caught:
        Follower(STREAM, "e", 2).head(head(9, first=7))
    assert caught.value.code == "stream.range"


def test_what_waits_is_bounded_and_comes_again_by_the_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "MAX_WAITING", 2)
    follower = Follower(STREAM, "e", 0)
    for seq in (2, 3, 4, 5):
        follower.event(event(seq))
    assert seqs(follower.event(event(1))) == [1, 2, 3]
    assert follower.wanted == 4
    assert seqs([*follower.event(event(4)), *follower.event(event(5))]) == [4, 5]


@given(
    count=st.integers(min_value=1, max_value=40),
    arrivals=st.lists(st.integers(min_value=1, max_value=40), max_size=120),
    page=st.integers(min_value=1, max_value=7),
    cursor=st.integers(min_value=0, max_value=40),
)
def test_whatever_is_lost_or_repeated_each_event_comes_once_and_in_order(
    count: int, arrivals: list[int], page: int, cursor: int
) -> None:
    """Arrivals in any order, with drops and repeats; replays whenever something is wanted; restarts at a cursor."""
    cursor = min(cursor, count)
    follower = Follower(STREAM, "e", cursor)
    out: list[int] = []
    for number, seq in enumerate(arrivals):
        if seq <= count:
            out += seqs(follower.event(event(seq)))
        if number % 9 == 8:
            follower = Follower(STREAM, "e", follower.last)
        if number % 4 == 0 and (wanted := follower.wanted) is not None:
            out += replayed(follower, wanted, count, page)
    follower.head(head(count + 1))
    while (wanted := follower.wanted) is not None:
        out += replayed(follower, wanted, count, page)
    assert out == list(range(cursor + 1, count + 1))


def replayed(follower: Follower, wanted: int, count: int, page: int) -> list[int]:
    return [seq for each in range(wanted, min(wanted + page, count + 1)) for seq in seqs(follower.event(event(each)))]
