from __future__ import annotations

from twsbridge.protocol.models import Contract
from twsbridge.protocol.streams import parse_stream
from twsbridge_server.core.answers import FIRST_REQUEST_ID, RequestIds
from twsbridge_server.core.calls import CancelMarketData, ReqMarketData
from twsbridge_server.core.effects import CallTws
from twsbridge_server.core.history.pacing import HistoryPacing
from twsbridge_server.core.line import Line
from twsbridge_server.core.line_gates import LineGates
from twsbridge_server.core.open_lines import OpenLines

ID = FIRST_REQUEST_ID


def line(con_id: int) -> Line:
    topic = f"md|{con_id}@SMART|"
    read = parse_stream(topic)
    assert read is not None
    made = Line(read, Contract(con_id=con_id, exchange="SMART"))
    made.join(topic, read, "alice")
    return made


def lines(most: int = 2) -> OpenLines:
    made = OpenLines(most, RequestIds(), LineGates(HistoryPacing()))
    made.is_ready = True
    return made


def test_a_line_is_asked_for_and_known_by_its_id() -> None:
    book, one = lines(), line(1)
    assert book.open(one, 0) == [CallTws(ReqMarketData(ID, Contract(con_id=1, exchange="SMART")))]
    assert (one.state, one.req_id, book.by_id) == ("waiting", ID, {ID: one})


def test_a_line_asked_for_again_has_a_new_id() -> None:
    book, one = lines(), line(1)
    book.open(one, 0)
    assert book.open(one, 0) == [CallTws(ReqMarketData(ID + 1, Contract(con_id=1, exchange="SMART")))]
    assert book.by_id == {ID + 1: one}


def test_without_a_session_a_line_waits_and_keeps_its_place() -> None:
    book, one, two = OpenLines(1, RequestIds(), LineGates(HistoryPacing())), line(1), line(2)
    assert book.open(one, 0) == book.open(two, 0) == []
    assert (one.state, two.state) == ("waiting", "ended")


def test_over_the_budget_a_line_is_refused_with_what_to_do() -> None:
    book = lines(most=1)
    book.open(line(1), 0)
    two = line(2)
    assert book.open(two, 0) == []
    assert two.state == "ended" and two.error is not None
    assert two.error.code == "tws.pacing" and "All 1 market data lines" in two.error.msg and two.error.do


def test_a_cancelled_line_keeps_its_place_until_it_is_released() -> None:
    book, one, two = lines(most=1), line(1), line(2)
    book.open(one, 0)
    assert book.cancel(one) == [CallTws(CancelMarketData(ID))]
    assert book.cancel(one) == []
    assert book.open(two, 0) == []
    book.release(one)
    assert book.open(two, 0) != []


def test_a_forgotten_line_is_not_cancelled() -> None:
    book, one = lines(), line(1)
    book.open(one, 0)
    book.forget(one)
    assert (book.cancel(one), one.req_id, book.by_id) == ([], None, {})
