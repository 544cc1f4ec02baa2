from __future__ import annotations

from twsbridge.protocol.stream_rows import MidPoint, ModelValue, Pnl, ScanRow, Tick
from twsbridge.protocol.stream_states import LatestState, ListState, QuoteState


def test_a_quote_keeps_the_last_tick_of_each_type_and_leaves_repeated_sizes_out() -> None:
    state = QuoteState()
    assert state.take((Tick(1, 2.0), Tick(0, "5"), Tick(0, "5"), Tick(1, 2.0)), False) == (
        Tick(1, 2.0),
        Tick(0, "5"),
        Tick(1, 2.0),
    )
    assert state.image() == (Tick(1, 2.0), Tick(0, "5"))
    assert state.newest((Tick(1, 2.0), Tick(1, 3.0))) == {1: Tick(1, 3.0)}
    state.clear()
    assert state.image() == ()


def test_an_equal_row_is_news_only_where_each_one_counts() -> None:
    once, each = LatestState(lambda row: 0), LatestState(lambda row: 0, once=False)
    pnl, middle = Pnl(1.0, None, None), MidPoint(1, 2.0)
    assert once.take((pnl,), False) == (pnl,) and once.take((pnl,), False) == ()
    assert each.take((middle,), False) == each.take((middle,), False) == (middle,)
    assert once.image() == (pnl,)


def test_the_oldest_keys_go_first() -> None:
    state = LatestState(lambda row: row.tag, most=2)
    rows = tuple(ModelValue("DU1", "", tag, "1", "USD") for tag in "abc")
    state.take(rows, False)
    assert state.image() == rows[1:]
    state.take(rows[:1], True)
    assert state.image() == rows[:1] and state.newest(rows[:1]) == {"a": rows[0]}


def test_a_list_takes_the_place_of_the_one_before() -> None:
    state = ListState()
    one, other = (ScanRow(0, {"con_id": number}, "", "", "", "") for number in (1, 2))
    assert state.take((one,), True) == (one,)
    state.take((other,), True)
    assert state.image() == (other,) and state.newest((other,)) is None
    state.clear()
    assert state.image() == ()
