from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge.cursor import Cursor, Start, start_from
from twsbridge.times import start_of_today, to_micros

streams = st.from_regex(r"(ord|acct)\|[A-Z0-9]{1,10}\||sys\|", fullmatch=True)


@given(st.from_regex(r"[0-9a-f]{1,16}", fullmatch=True), st.dictionaries(streams, st.integers(0, 2**53)))
def test_text_and_cursor_are_inverses(epoch: str, seqs: dict[str, int]) -> None:
    cursor = Cursor(epoch, seqs)
    assert Cursor.parse(str(cursor)) == cursor
    assert start_from(str(cursor)) == Start(cursor=cursor)


@pytest.mark.parametrize("text", ["", "abc", "e/ord|A|", "e/=3", "e/ord|A|=x", "e/ord|A|=-1"])
def test_other_text_is_no_cursor(text: str) -> None:
    with pytest.raises(ValueError, match="not a cursor"):
        Cursor.parse(text)


def test_the_only_seq_has_a_short_name() -> None:
    assert Cursor("e", {"sys|": 4}).seq == 4
    with pytest.raises(ValueError, match="2 streams"):
        _ = Cursor("e", {"sys|": 4, "ord|A|": 5}).seq


def test_since_has_these_forms() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    assert start_from(None) == Start()
    assert start_from("now") == Start(now=True)
    assert start_from("today") == Start(instant=start_of_today())
    assert start_from(at) == Start(instant=to_micros(at))
    assert start_from("2026-03-02T00:00:00+00:00") == Start(instant=to_micros(at))
    assert start_from("2026-03-02") == Start(instant=to_micros(datetime(2026, 3, 2)))
    assert start_from(("e", 5)) == Start(pair=("e", 5))


def test_any_other_word_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'today', 'now'"):
        start_from("yesterday")


def test_a_pair_belongs_to_the_only_stream() -> None:
    assert Start(pair=("e", 5)).cursor_for({"sys|"}) == Cursor("e", {"sys|": 5})
    with pytest.raises(ValueError, match="use a Cursor"):
        Start(pair=("e", 5)).cursor_for({"ord|A|", "ord|B|"})


def test_without_a_cursor_nothing_is_known() -> None:
    assert Start(now=True).cursor_for({"sys|"}) == Cursor("")
