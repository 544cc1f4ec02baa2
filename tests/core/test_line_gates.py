from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge.protocol.models import Contract
from twsbridge.protocol.streams import parse_stream
from twsbridge_server.core.calls import ReqHistoricalData
from twsbridge_server.core.history.pacing import MOST_OPEN, SECOND, HistoryPacing
from twsbridge_server.core.line import Line
from twsbridge_server.core.line_gates import GATES, LONGEST_PAUSE_US, PAUSE_US, LineGates


def line(topic: str) -> Line:
    read = parse_stream(topic)
    assert read is not None
    contract = Contract(con_id=int(read.given["con_id"]), exchange=read.given["exchange"])
    made = Line(read, contract)
    made.join(topic, read, "alice")
    return made


def bars5(con_id: int = 1) -> Line:
    return line(f"bars5|{con_id}@SMART:TRADES|")


def ticks(con_id: int = 1, what: str = "Last") -> Line:
    return line(f"tbt|{con_id}@SMART:{what}|")


LIVE = line("live|1@SMART:5_secs:1800_S:TRADES|")


def until(gates: LineGates, wanted: Line, now: int) -> int | None:
    held = gates.hold(wanted, now)
    return held.until_us if held else None


def test_the_61st_stream_of_real_time_bars_waits_until_the_first_is_ten_minutes_old() -> None:
    gates = LineGates(HistoryPacing())
    for number in range(60):
        assert until(gates, bars5(), number) is None
        gates.opened(bars5(), number, number)
    span = GATES["bars5"].span_us
    assert until(gates, bars5(), 60) == span and span > 600 * SECOND
    assert until(gates, bars5(), span) is None


def test_the_ticks_of_one_instrument_are_asked_for_once_in_fifteen_seconds_whatever_they_are() -> None:
    gates = LineGates(HistoryPacing())
    gates.opened(ticks(), 5, 0)
    span = GATES["tbt"].span_us
    assert until(gates, ticks(what="BidAsk"), 1) == span and span > 15 * SECOND
    assert until(gates, ticks(con_id=2), 1) is until(gates, bars5(), 1) is None


def test_what_left_later_counts_from_then_on() -> None:
    gates = LineGates(HistoryPacing())
    gates.opened(ticks(), 5, 0)
    gates.sent(ticks().rule.open(5, ticks().wanted), 3 * SECOND)
    gates.sent(ticks().rule.open(6, ticks().wanted), 4 * SECOND)
    assert until(gates, ticks(), 5 * SECOND) == 3 * SECOND + GATES["tbt"].span_us


def test_a_stream_of_bars_that_stays_up_to_date_counts_among_the_requests_for_history() -> None:
    history = HistoryPacing()
    gates = LineGates(history)
    assert until(gates, LIVE, 0) is None
    gates.opened(LIVE, 7, 0)
    assert history.open_streams == 1
    again = until(gates, LIVE, 1)
    assert again is not None and again > 15 * SECOND
    gates.sent(LIVE.rule.open(7, LIVE.wanted), SECOND)
    assert until(gates, LIVE, SECOND + 1) == again + SECOND
    gates.closed(LIVE)
    assert history.open_streams == 0


def test_it_waits_while_as_many_requests_for_history_are_open_as_tws_takes() -> None:
    history = HistoryPacing()
    history.open_requests = MOST_OPEN
    held = LineGates(history).hold(LIVE, 5)
    assert held is not None and held.until_us == 5 + SECOND and "open" in held.reason


def test_each_refusal_in_a_row_doubles_the_pause_up_to_ten_minutes() -> None:
    gates, refused = LineGates(HistoryPacing()), bars5()
    pauses = [gates.refused(refused, "pacing violation", 0).until_us for _ in range(8)]
    assert pauses[:3] == [PAUSE_US, 2 * PAUSE_US, 4 * PAUSE_US] and pauses[-1] == LONGEST_PAUSE_US
    refused.heard_us = 9
    assert gates.refused(refused, "pacing violation", 10).until_us == 10 + PAUSE_US


@pytest.mark.parametrize("topic", ["md|1@SMART|", "depth|1@SMART:5|", "news|1@SMART|"])
def test_other_kinds_have_no_limit(topic: str) -> None:
    gates, wanted = LineGates(HistoryPacing()), line(topic)
    for number in range(100):
        assert gates.hold(wanted, 0) is None
        gates.opened(wanted, number, 0)
        gates.closed(wanted)


@given(
    st.lists(st.tuples(st.integers(0, 9 * SECOND), st.integers(1, 3), st.sampled_from(["tbt", "bars5"])), max_size=90)
)
def test_whoever_asks_when_told_never_breaks_a_limit(wishes: list[tuple[int, int, str]]) -> None:
    gates, now = LineGates(HistoryPacing()), 0
    asked: list[tuple[int, str, int]] = []
    for number, (later, con_id, kind) in enumerate(wishes):
        wanted = ticks(con_id) if kind == "tbt" else bars5(con_id)
        now = max(now + later, until(gates, wanted, now + later) or 0)
        gates.opened(wanted, number, now)
        asked.append((now, kind, con_id))
    for at, kind, con_id in asked:
        recent = [each for each in asked if at - each[0] >= 0]
        assert len([e for e in recent if e[1] == "bars5" and at - e[0] < 600 * SECOND]) <= 60
        if kind == "tbt":
            assert [e for e in recent if e[1:] == (kind, con_id) and at - e[0] < 15 * SECOND] == [(at, kind, con_id)]


def test_history_and_streams_of_small_bars_know_of_one_another() -> None:
    history = HistoryPacing()
    gates = LineGates(history)
    call = ReqHistoricalData(0, Contract(con_id=1, exchange="SMART"), "", "1800 S", "5 secs", "TRADES", False)
    history.passed(call, 0)
    assert until(gates, LIVE, 1) == history.free_at(call, 1) > 15 * SECOND
    history.sent(replace(call, req_id=9), SECOND)
    assert until(gates, LIVE, SECOND + 1) == 16 * SECOND + SECOND // 4
