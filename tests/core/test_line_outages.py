from __future__ import annotations

from tests.core.rig import of
from tests.core.test_open_lines import line
from twsbridge.protocol.stream_rows import Tick
from twsbridge_server.core.answers import FIRST_REQUEST_ID, RequestIds
from twsbridge_server.core.calls import CancelMarketData, ReqMarketData
from twsbridge_server.core.effects import CallTws, Effect, PublishTicks
from twsbridge_server.core.history.pacing import HistoryPacing
from twsbridge_server.core.line import Line
from twsbridge_server.core.line_gates import LineGates
from twsbridge_server.core.line_outages import LineOutages
from twsbridge_server.core.open_lines import OpenLines

ID = FIRST_REQUEST_ID


def one() -> tuple[LineOutages, Line]:
    """A line that is open and has ticked."""
    lines, only = OpenLines(5, RequestIds(), LineGates(HistoryPacing())), line(1)
    lines.is_ready = True
    lines.open(only, 0)
    only.rows((Tick(4, 190.0),), 2)
    return LineOutages(lines, {only.key: only}), only


def said(effects: list[Effect]) -> list[tuple[str, int]]:
    bodies = [each.body for each in of(PublishTicks, effects)]
    return [(body["state"], body["gap"]["since_us"]) for body in bodies]


def test_a_lost_session_is_a_gap_and_the_next_one_asks_anew() -> None:
    outages, only = one()
    assert said(outages.session_lost("gone", 5)) == [("stale", 2)] and only.req_id is None
    outages.link_back(6)
    assert only.state == "stale" and outages.data_lost("1101", 6) == []
    assert said(outages.open_all(7)) == [("waiting", 2)]


def test_lost_data_and_a_dead_line_are_cancelled_then_asked_for_under_a_new_id() -> None:
    for asks in ("data_lost", "ask_again"):
        outages, only = one()
        effects = outages.data_lost("1101", 5) if asks == "data_lost" else outages.ask_again(only, "silent", 5)
        assert [each.call for each in of(CallTws, effects)] == [
            CancelMarketData(ID),
            ReqMarketData(ID + 1, only.contract),
        ]
        assert said(effects) == [("waiting", 2)]


def test_a_link_that_comes_back_leaves_a_quote_stale_until_it_ticks() -> None:
    outages, only = one()
    assert said(outages.link_lost("1100", 5)) == [("stale", 2)]
    assert said(outages.link_back(6)) == [("stale", 2)] and outages.link_back(7) == []
    assert only.rows((Tick(4, 191.0),), 8) and only.state == "live"
