from __future__ import annotations

from typing import Any

import pytest

from twsbridge.protocol.models import Contract
from twsbridge.protocol.stream_rows import DepthChange
from twsbridge.protocol.streams import parse_stream
from twsbridge_server.core.answers import FIRST_REQUEST_ID, RequestIds
from twsbridge_server.core.effects import CallTws, Effect, PublishTicks
from twsbridge_server.core.history.pacing import HistoryPacing
from twsbridge_server.core.inputs import TwsErrorReceived
from twsbridge_server.core.line import Line
from twsbridge_server.core.line_errors import AGAIN, AGAIN_US, line_error
from twsbridge_server.core.line_gates import LineGates
from twsbridge_server.core.open_lines import OpenLines
from twsbridge_server.core.stream_calls import ReqMarketDepth

ID = FIRST_REQUEST_ID
CONTRACT = Contract(con_id=1, exchange="ISLAND")


def opened(topic: str = "depth|1@ISLAND:5|", most: int = 100) -> tuple[OpenLines, Line]:
    read = parse_stream(topic)
    assert read is not None
    lines, line = OpenLines(most, RequestIds(), LineGates(HistoryPacing())), Line(read, CONTRACT)
    lines.is_ready = True
    line.join(topic, read, "alice")
    lines.open(line, 0)
    line.rows((DepthChange(0, 0, 0, 10.0, "5"),) if line.kind == "depth" else (), 1)
    return lines, line


def said(effects: list[Effect]) -> list[Any]:
    return [(each.kind, each.body) for each in effects if isinstance(each, PublishTicks)]


def test_a_book_that_tws_resets_is_empty_and_goes_on() -> None:
    lines, line = opened()
    (first, _) = said(line_error(lines, line, TwsErrorReceived(ID, 317, "reset"), 2))
    assert first == ("image", ()) and line.req_id == ID and line.state == "live"


@pytest.mark.parametrize("code", sorted(AGAIN))
def test_a_stream_that_stops_is_asked_for_again_but_not_for_ever(code: int) -> None:
    lines, line = opened()
    effects = line_error(lines, line, TwsErrorReceived(ID, code, "stopped"), 5)
    assert effects[0] == CallTws(ReqMarketDepth(ID + 1, CONTRACT, 5, False))
    assert said(effects)[0] == ("image", ()) and line.state == "waiting"
    line_error(lines, line, TwsErrorReceived(ID + 1, code, "stopped"), AGAIN_US)
    assert line.state == "ended" and line.req_id is None


def test_what_tws_refuses_for_being_one_too_many_is_learnt() -> None:
    lines, first = opened("md|1@SMART|", most=100)
    read = parse_stream("md|2@SMART|")
    assert read is not None
    second, third = (Line(read, Contract(con_id=con_id)) for con_id in (2, 3))
    lines.open(second, 0)
    line_error(lines, second, TwsErrorReceived(ID + 1, 101, "Max number of tickers has been reached"), 5)
    assert second.state == "ended" and second.error is not None and second.error.code == "tws.pacing"
    assert lines.open(third, 0) == [] and third.error is not None
    assert third.error.details == {"holders": {"alice": 1}, "allowance": 1} and "alice has 1" in third.error.msg
    assert first.state != "ended"


TOO_SOON = "Historical Market Data Service error message:Historical data request pacing violation"
MANY = "Error validating request.-'bW' : cause - Only 50 simultaneous API historical data requests are allowed."
SCAN = "scan|STK:STK.US:HOT:5:abovePrice=5|"
BARS, LIVE = "bars5|1@ISLAND:TRADES|", "live|1@ISLAND:5_secs:1800_S:TRADES|"


@pytest.mark.parametrize(
    ("topic", "code", "text"),
    [(BARS, 420, f"Invalid Real-time Query:{TOO_SOON}"), (LIVE, 162, TOO_SOON), (LIVE, 322, MANY)],
)
def test_what_was_asked_for_too_soon_waits(topic: str, code: int, text: str) -> None:
    lines, line = opened(topic)
    ((kind, body),) = said(line_error(lines, line, TwsErrorReceived(ID, code, text), 5))
    assert (kind, body["state"]) == ("state", "waiting") and body["held"]["until_us"] > 5
    assert line.req_id is None and lines.held == {line.key: line}


@pytest.mark.parametrize(("topic", "code"), [(LIVE, 366), ("pnl_single|DU1234567:7|", 10186)])
def test_the_answer_to_a_cancel_that_came_late_means_nothing(topic: str, code: int) -> None:
    lines, line = opened(topic)
    assert line_error(lines, line, TwsErrorReceived(ID, code, "not found"), 5) == []
    assert (line.req_id, line.held) == (ID, None)


@pytest.mark.parametrize(
    ("topic", "code", "text"),
    [
        (BARS, 420, "Invalid Real-time Query:No market data permissions for ISLAND STK"),
        (LIVE, 162, "Historical Market Data Service error message:HMDS query returned no data"),
    ],
)
def test_what_tws_refuses_for_good_ends(topic: str, code: int, text: str) -> None:
    lines, line = opened(topic)
    line_error(lines, line, TwsErrorReceived(ID, code, text), 5)
    assert line.state == "ended" and line.held is None and line.error is not None and line.error.tws_code == code


@pytest.mark.parametrize(
    ("topic", "code", "text", "name"),
    [
        ("depth|1@ISLAND:5|", 309, "Max number (3) of market depth requests has been reached", "order books"),
        ("tbt|1@ISLAND:Last|", 10190, "Max number of tick-by-tick requests has been reached", "tick-by-tick streams"),
        (BARS, 456, "Max number of real-time bars requests has been reached", "streams of real-time bars"),
        (SCAN, 322, "cause - Only 10 simultaneous API scanner subscriptions are allowed.", "scanners"),
    ],
)
def test_a_budget_that_tws_says_is_full_names_its_holders(topic: str, code: int, text: str, name: str) -> None:
    lines, line = opened(topic)
    line_error(lines, line, TwsErrorReceived(ID, code, text), 5)
    error = line.error
    assert line.state == "ended" and line.lacks_room and error is not None and name in error.msg
    assert (error.code, error.tws_code, error.details["allowance"]) == ("tws.pacing", code, 1)


def test_what_was_learnt_holds_for_the_session() -> None:
    lines, line = opened("md|1@ISLAND|", most=2)
    read = parse_stream("md|2@ISLAND|")
    assert read is not None
    second = Line(read, Contract(con_id=2))
    lines.learn("lines")
    assert lines.open(second, 0) == [] and line.state == "live"
    lines.begin()
    assert lines.open(second, 0) != []
