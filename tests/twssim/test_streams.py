"""Streams of one connection by kind and id."""

from __future__ import annotations

from functools import partial

from tests.twssim.market_rig import the
from twssim.scheduler import Scheduler
from twssim.streams import Line, Stream, Streams


class Books(Line):
    """A kind made up for these tests."""


def test_kinds_do_not_share_their_ids() -> None:
    streams, book, other = Streams(), Books(9, the("AAPL")), Stream(9)
    streams.add(book)
    streams.add(other)
    assert (streams.get(Books, 9), streams.get(Stream, 9), streams.get(Line, 9)) == (book, other, None)
    assert (streams.of(Books), streams.of(Line), streams.lines()) == ([book], [], [book])
    assert streams.close(Books, 9) and not streams.close(Books, 9)
    assert streams.of(Stream) == [other]


def test_the_end_of_one_leaves_another_with_the_same_id() -> None:
    streams, first, second = Streams(), Stream(9), Stream(9)
    streams.add(first)
    streams.add(second)
    streams.done(first)
    assert streams.of(Stream) == [second]
    streams.done(second)
    assert streams.of(Stream) == []


def test_what_is_closed_does_nothing_any_more() -> None:
    scheduler, streams, done = Scheduler(0.0), Streams(), list[int]()
    for req_id in (1, 2, 3):
        stream = Stream(req_id)
        stream.timers.append(scheduler.after(1.0, partial(done.append, req_id)))
        streams.add(stream)
    streams.close(Stream, 2)
    scheduler.advance(1.0)
    assert done == [1, 3]
    streams.close_all()
    assert streams.of(Stream) == []
