from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twssim.recording.frames import CLIENT, TWS, Frame, Piece, frames_of
from twssim.wire import frame, message

GREETING = message(200, "now")


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=20), st.integers(1, 70))
def test_pieces_of_any_size_give_the_same_messages(payloads: list[bytes], size: int) -> None:
    hello, told = b"API\0" + frame(b"v100..200"), GREETING + b"".join(map(frame, payloads))
    pieces = [Piece(at, CLIENT, hello[at : at + size]) for at in range(0, len(hello), size)]
    pieces += [Piece(1000 + at, TWS, told[at : at + size]) for at in range(0, len(told), size)]
    found = frames_of(pieces)
    assert [each.payload for each in found] == [b"v100..200", GREETING[4:], *payloads]


def test_messages_without_their_lengths() -> None:
    pieces = [
        Piece(1, CLIENT, b"API\0"),
        Piece(2, CLIENT, b"v100..200"),
        Piece(3, TWS, b"200\0now\0"),
        Piece(4, TWS, b"9\0"),
    ]
    assert frames_of(pieces) == [
        Frame(2, CLIENT, b"v100..200"),
        Frame(3, TWS, b"200\0now\0"),
        Frame(4, TWS, b"9\0"),
    ]


def test_directions_that_a_tool_saw_from_the_other_end() -> None:
    pieces = [Piece(1, TWS, b"API\0" + frame(b"v100..200")), Piece(2, CLIENT, GREETING)]
    assert [each.side for each in frames_of(pieces)] == [CLIENT, TWS]


def test_time_decides_and_without_time_the_order() -> None:
    greeting, hello = Piece(5, TWS, GREETING), Piece(4, CLIENT, b"API\0" + frame(b"v100..200"))
    assert [each.side for each in frames_of([greeting, hello])] == [CLIENT, TWS]
    timeless = [Piece(0, CLIENT, hello.content), Piece(0, TWS, GREETING), Piece(0, CLIENT, frame(b"71\0"))]
    assert [each.side for each in frames_of(timeless)] == [CLIENT, TWS, CLIENT]


def test_a_message_cut_off_at_the_end_is_left_out() -> None:
    assert [each.payload for each in frames_of([Piece(1, TWS, GREETING + b"\0\0\0\x09ab")])] == [GREETING[4:]]
