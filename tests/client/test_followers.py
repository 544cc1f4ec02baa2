from __future__ import annotations

import pytest

from twsbridge.cursor import Cursor
from twsbridge.errors import StreamError
from twsbridge.followers import Followers
from twsbridge.protocol.envelope import EventFrame
from twsbridge.protocol.replies import Head

A, B = "ord|DU1234567|", "ord|DU7654321|"


def event(stream: str, seq: int, epoch: str = "e") -> EventFrame:
    return EventFrame(stream, epoch, seq, "order", 0, 0, {})


def head(following: int, epoch: str = "e") -> Head:
    return Head(epoch=epoch, first=1, next=following)


def test_each_stream_goes_on_behind_the_cursor() -> None:
    followers = Followers(Cursor("e", {A: 4}))
    followers.heads({A: head(6)})
    assert followers.wanting is not None and (followers.wanting.stream, followers.wanting.wanted) == (A, 5)
    assert followers.event(event(A, 5)) == [event(A, 5)]
    assert followers.wanting is None
    assert followers.places == {A: 5}


def test_streams_do_not_hold_one_another_up() -> None:
    followers = Followers(Cursor("e", {A: 0, B: 0}))
    assert followers.event(event(A, 2)) == []
    assert followers.event(event(B, 1)) == [event(B, 1)]
    assert followers.places == {A: 0, B: 1}


def test_a_stream_is_begun_where_it_is_told() -> None:
    followers = Followers(Cursor(""))
    followers.begin(A, head(8), 7)
    assert (A in followers, B in followers, followers.epoch) == (True, False, "e")
    assert followers.event(event(A, 8)) == [event(A, 8)]


def test_a_new_stream_begins_with_its_first_event() -> None:
    followers = Followers(Cursor("e", {A: 4}))
    assert followers.event(event(B, 2)) == []
    assert followers.wanting is not None and followers.wanting.wanted == 1


@pytest.mark.parametrize("stream", [A, B])
def test_another_epoch_is_an_error_for_known_and_new_streams(stream: str) -> None:
    followers = Followers(Cursor("e", {A: 4}))
    with pytest.raises(StreamError):
        followers.event(event(stream, 5, "f"))
    with pytest.raises(StreamError):
        followers.heads({stream: head(9, "f")})
