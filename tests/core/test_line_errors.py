from __future__ import annotations

from typing import Any

import pytest

from twsbridge.protocol.models import Contract
from twsbridge.protocol.stream_rows import DepthChange
from twsbridge.protocol.streams import parse_stream
from twsbridge_server.core.answers import FIRST_REQUEST_ID, RequestIds
from twsbridge_server.core.effects import CallTws, Effect, PublishTicks
from twsbridge_server.core.inputs import TwsErrorReceived
from twsbridge_server.core.line import Line
from twsbridge_server.core.line_errors import AGAIN, AGAIN_US, line_error
from twsbridge_server.core.open_lines import OpenLines
from twsbridge_server.core.stream_calls import ReqMarketDepth

ID = FIRST_REQUEST_ID
CONTRACT = Contract(con_id=1, exchange="ISLAND")


def opened(topic: str = "depth|1@ISLAND:5|", most: int = 100) -> tuple[OpenLines, Line]:
    read = parse_stream(topic)
    assert read is not None
    lines, line = OpenLines(most, RequestIds()), Line(read, CONTRACT)
    lines.is_ready = True
    line.join(topic, read, "alice")
    lines.open(line)
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
    lines.open(second)
    line_error(lines, second, TwsErrorReceived(ID + 1, 101, "Max number of tickers has been reached"), 5)
    assert second.state == "ended" and second.error is not None and second.error.code == "tws.pacing"
    assert lines.open(third) == [] and third.error is not None
    assert third.error.details == {"holders": {"alice": 1}, "allowance": 1} and "alice has 1" in third.error.msg
    assert first.state != "ended"
