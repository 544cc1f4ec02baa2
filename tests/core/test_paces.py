from __future__ import annotations

from twsbridge.protocol.stream_rows import Tick
from twsbridge.protocol.stream_states import QuoteState
from twsbridge_server.core.paces import Paces
from twsbridge_server.core.view import MILLISECOND, View


def test_the_earliest_view_counts_until_it_is_dropped() -> None:
    paces = Paces()
    assert not paces and paces.next_due() is None
    slow, quick = (View(f"md|1@SMART~{every}|", every, QuoteState()) for every in (500, 250))
    for view in (slow, quick):
        paces.add(view)
        for value in (1.0, 2.0):
            view.rows((Tick(1, value),), 0)
    assert paces and paces.next_due() == 250 * MILLISECOND
    assert len(paces.due(250 * MILLISECOND)) == 1 and paces.next_due() == 500 * MILLISECOND
    paces.drop(slow.topic)
    assert paces.due(500 * MILLISECOND) == []
