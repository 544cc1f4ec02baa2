from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twsbridge_server.core.history.spans import Spans

SPAN = st.tuples(st.integers(0, 30), st.integers(0, 30))


@given(st.lists(SPAN, max_size=8), SPAN)
def test_what_is_missing_is_what_was_not_added(added: list[tuple[int, int]], wanted: tuple[int, int]) -> None:
    spans = Spans()
    known = {number for start, end in added for number in range(start, end)}
    for start, end in added:
        spans.add(start, end)
    missing = spans.missing(*wanted)
    assert {n for start, end in missing for n in range(start, end)} == set(range(*wanted)) - known
    assert all(start < end for start, end in missing) and missing == sorted(missing)
    assert all(a[1] < b[0] for a, b in zip(missing, missing[1:], strict=False))
