from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from twsbridge.protocol.book import BookState
from twsbridge.protocol.stream_rows import DepthChange, Tick
from twsbridge.protocol.stream_states import QuoteState
from twsbridge_server.core.effects import Effect, PublishTicks
from twsbridge_server.core.view import MILLISECOND, View

T = "md|1@SMART~250|"
PAUSE = 250 * MILLISECOND


def told(effects: list[Effect]) -> list[Any]:
    return [(effect.kind, effect.body) for effect in effects if isinstance(effect, PublishTicks)]


def test_without_a_pace_every_row_is_passed_on() -> None:
    view = View(T, None, QuoteState())
    assert told(view.rows((Tick(1, 2.0),), 0)) == told(view.rows((Tick(1, 2.0),), 0)) == [("ticks", (Tick(1, 2.0),))]
    assert view.next_due() is None


def test_changes_only() -> None:
    view = View(T, 0, QuoteState())
    assert told(view.rows((Tick(1, 2.0), Tick(1, 3.0)), 1)) == [("ticks", (Tick(1, 3.0),))]
    assert view.rows((Tick(1, 3.0),), 1) == []
    assert told(view.rows((Tick(1, 2.0),), 1)) == [("ticks", (Tick(1, 2.0),))]


def test_the_latest_state_after_each_pause() -> None:
    view = View(T, 250, QuoteState())
    assert told(view.rows((Tick(1, 2.0),), 0)) == [("ticks", (Tick(1, 2.0),))]
    assert view.rows((Tick(1, 3.0), Tick(2, 4.0)), 1) == view.rows((Tick(1, 5.0),), 2) == []
    assert view.next_due() == PAUSE and view.due(PAUSE - 1) == []
    assert told(view.due(PAUSE)) == [("ticks", (Tick(1, 5.0), Tick(2, 4.0)))]
    assert view.next_due() is None and view.due(10 * PAUSE) == []
    assert view.rows((Tick(1, 6.0),), PAUSE + 1) == view.rows((Tick(1, 5.0),), PAUSE + 2) == []
    assert view.due(2 * PAUSE) == []


def test_of_a_book_only_the_whole_means_anything() -> None:
    book = BookState()
    view = View(T, 250, book)
    ask, bid = DepthChange(0, 0, 0, 10.0, "5"), DepthChange(0, 0, 1, 9.0, "5")
    assert told(view.rows(book.take((ask,), False), 0)) == [("image", (ask,))]
    assert view.rows(book.take((bid,), False), 1) == []
    assert told(view.due(PAUSE)) == [("image", (ask, bid))]


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2), st.integers(0, 400)), max_size=40), st.booleans())
def test_nothing_that_is_still_true_is_lost(steps: list[tuple[int, int, int]], every: bool) -> None:
    kept = QuoteState()
    view = View(T, 250 if every else 0, kept)
    known: dict[Any, Any] = {}
    now = 0
    effects: list[Effect] = []
    for tick_type, value, wait_ms in steps:
        now += wait_ms * MILLISECOND
        effects += view.due(now) + view.rows(kept.take((Tick(tick_type, float(value)),), False), now)
    for _, rows in told(effects + view.due(now + PAUSE)):
        known.update({row[0]: row for row in rows})
    assert known == {row[0]: row for row in kept.image() if isinstance(row, Tick)}
