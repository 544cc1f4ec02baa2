from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twsbridge.protocol.book import DELETE, INSERT, UPDATE, BookState
from twsbridge.protocol.stream_rows import DepthChange

STEPS = st.lists(
    st.builds(
        DepthChange,
        st.integers(0, 6),
        st.sampled_from([INSERT, UPDATE, DELETE]),
        st.sampled_from([0, 1]),
        st.sampled_from([1.0, 2.0, 3.0]),
        st.sampled_from(["1", "2"]),
    ),
    max_size=30,
)


def test_steps_change_the_book() -> None:
    book = BookState()
    first, second = DepthChange(0, INSERT, 0, 10.0, "5"), DepthChange(0, INSERT, 0, 9.0, "1")
    bid = DepthChange(0, INSERT, 1, 8.0, "2")
    assert book.take((bid, first, second), False) == (bid, first, second)
    assert book.image() == (second, first._replace(position=1), bid)
    book.take((DepthChange(1, UPDATE, 0, 10.0, "7"), DepthChange(0, DELETE, 0, 0.0, "0")), False)
    assert book.image() == (DepthChange(0, INSERT, 0, 10.0, "7"), bid)
    book.clear()
    assert book.image() == () and book.newest((bid,)) is None


@given(STEPS, STEPS)
def test_whoever_starts_from_the_image_sees_the_same_book(before: list[DepthChange], after: list[DepthChange]) -> None:
    early, late = BookState(), BookState()
    early.take(tuple(before), False)
    late.take(early.image(), True)
    for book in (early, late):
        book.take(tuple(after), False)
    assert early.image() == late.image()
