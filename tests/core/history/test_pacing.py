from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from twsbridge.protocol.models import Contract
from twsbridge_server.core.calls import ReqHistoricalData
from twsbridge_server.core.history.pacing import LIMITS, MARGIN, SECOND, HistoryPacing

CALL = ReqHistoricalData(0, Contract(con_id=1, exchange="SMART"), "", "60 S", "5 secs", "TRADES", True)


def other(number: int) -> ReqHistoricalData:
    return replace(CALL, end=f"20260105-16:00:{number:02d}")


def of_contract(number: int) -> ReqHistoricalData:
    return replace(CALL, contract=Contract(con_id=number))


def test_the_same_again_waits_fifteen_seconds() -> None:
    pacing = HistoryPacing()
    assert pacing.free_at(CALL, 7) == 7
    pacing.passed(CALL, 7)
    assert pacing.free_at(CALL, 8) == 7 + 15 * SECOND + MARGIN
    assert pacing.free_at(other(1), 8) == 8


def test_one_contract_has_five_within_two_seconds() -> None:
    pacing = HistoryPacing()
    for number in range(5):
        assert pacing.free_at(other(number), number) == number
        pacing.passed(other(number), number)
    assert pacing.free_at(other(5), 5) == 2 * SECOND + MARGIN
    assert pacing.free_at(of_contract(2), 5) == 5


def test_sixty_within_ten_minutes_and_bid_ask_counts_twice() -> None:
    pacing = HistoryPacing()
    for number in range(59):
        pacing.passed(of_contract(number), number)
    assert pacing.free_at(of_contract(99), 100) == 100
    assert pacing.free_at(replace(of_contract(99), what_to_show="BID_ASK"), 100) == 600 * SECOND + MARGIN


def test_longer_bars_are_free_and_do_not_count() -> None:
    pacing, minutes = HistoryPacing(), replace(CALL, bar_size="1 min")
    for _ in range(100):
        pacing.passed(minutes, 0)
    assert pacing.free_at(minutes, 1) == 1
    assert pacing.free_at(CALL, 1) == 1


def test_a_clock_that_goes_back_stops_nothing() -> None:
    pacing = HistoryPacing()
    pacing.passed(CALL, 3600 * SECOND)
    assert pacing.free_at(CALL, 10 * SECOND) == 10 * SECOND


CALLS = st.builds(
    lambda con_id, end, what: replace(other(end), contract=Contract(con_id=con_id), what_to_show=what),
    st.integers(1, 3),
    st.integers(0, 30),
    st.sampled_from(["TRADES", "BID_ASK"]),
)


@given(st.lists(st.tuples(CALLS, st.integers(0, 3 * SECOND)), max_size=90))
def test_who_keeps_to_it_breaks_no_limit(wanted: list[tuple[ReqHistoricalData, int]]) -> None:
    pacing, now = HistoryPacing(), 0
    asked: list[tuple[int, ReqHistoricalData]] = []
    for call, pause in wanted:
        now = pacing.free_at(call, now + pause)
        pacing.passed(call, now)
        asked.append((now, call))
        for limit in LIMITS:
            recent = [c for at, c in asked if now - at < limit.span_us and limit.group(c) == limit.group(call)]
            assert sum(map(limit.weight, recent)) <= limit.most
