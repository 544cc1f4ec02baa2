from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge_server.tws.framing import MAX_FRAME, FrameError, Framer, frame

payloads = st.lists(st.binary(max_size=300), max_size=30)


@given(payloads, st.lists(st.integers(0, 9000), max_size=20), st.integers(1, 7))
def test_any_chunking_gives_the_same_payloads(sent: list[bytes], cuts: list[int], limit: int) -> None:
    stream = b"".join(map(frame, sent))
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    framer = Framer()
    got: list[bytes] = []
    for start, end in zip(edges, edges[1:], strict=False):
        framer.feed(stream[start:end])
        while framer.is_ready:
            taken = framer.take(limit)
            assert 0 < len(taken) <= limit
            got += taken
        assert framer.take(limit) == []
    assert got == sent
    assert len(framer) == 0


def test_an_impossible_length_ends_the_stream_after_the_good_frames() -> None:
    framer = Framer()
    framer.feed(frame(b"good") + (MAX_FRAME + 1).to_bytes(4, "big"))
    assert framer.take(10) == [b"good"]
    assert framer.is_ready
    with pytest.raises(FrameError, match="16777216"):
        framer.take(10)


def test_the_largest_frame_is_no_error() -> None:
    framer = Framer()
    framer.feed(MAX_FRAME.to_bytes(4, "big"))
    assert not framer.is_ready
    assert framer.take(1) == []


def test_a_backlog_costs_time_in_proportion_to_its_size() -> None:
    """The official reader takes 10 s for 4 MB; this must stay far from quadratic."""
    stream = frame(b"1\x006\x001001\x001\x00190.25\x00100\x000\x00") * 120_000
    framer = Framer()
    framer.feed(stream)
    begun = time.process_time()
    count = 0
    while taken := framer.take(100):
        count += len(taken)
    assert count == 120_000
    assert time.process_time() - begun < 3


def test_the_buffer_is_given_back() -> None:
    framer = Framer()
    for _ in range(1000):
        framer.feed(frame(b"x" * 1000))
        framer.take(10)
    assert len(framer._buffer) < 100_000
