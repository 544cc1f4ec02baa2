"""Bars from a TWS that answers as TWS does: nothing missing, nothing twice, and no request too many."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.history.world import FOUND, Market, World, at, times
from twsbridge.protocol.columns import unpack_floats
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.replies import Bars, BarsPart
from twsbridge_server.core.calls import CancelHistoricalData, ReqHistoricalData
from twsbridge_server.core.history.pacing import LIMITS
from twsbridge_server.core.history.scale import DAY_US, SECOND_US

MINUTE = 60 * SECOND_US
NOW = at("2026-11-18 12:00:07")
SUNDAY_EVENING = Market("US/Eastern", timedelta(hours=-6), timedelta(hours=17))


def test_a_duration_that_tws_serves_is_asked_for_in_its_own_words() -> None:
    world = World(NOW)
    bars = world.bars(duration="5 D", end_us=at("2026-11-13 18:00"), use_rth=False)
    (call,) = world.calls
    wanted = ReqHistoricalData(call.req_id, FOUND, "20261113-18:00:00", "5 D", "1 min", "TRADES", False)
    assert call == wanted
    assert times(bars) == world.market.bars(MINUTE, at("2026-11-09 00:00"), at("2026-11-13 18:00"))
    assert (bars.contract, bars.tz, bars.count, bars.dates) == (FOUND, "Europe/London", 5 * 510, None)


def test_the_same_again_comes_from_memory_and_cache() -> None:
    world = World(NOW)
    first = world.bars(duration="5 D", end_us=at("2026-11-13 18:00"))
    assert world.bars(duration="5 D", end_us=at("2026-11-13 18:00")) == first
    assert len(world.calls) == 1


def test_a_year_of_minutes_costs_a_request_for_each_seven_days_and_then_none() -> None:
    world = World(NOW)
    asked: dict[str, Any] = {"start_us": at("2025-11-01 00:00"), "end_us": at("2026-11-01 00:00")}
    bars = world.bars(**asked)
    truth = world.market.bars(MINUTE, asked["start_us"], asked["end_us"])
    assert times(bars) == truth and len(truth) == 260 * 510
    assert len(world.calls) == 38 and all(call.duration.endswith(" D") for call in world.calls)
    again = world.bars(**asked)
    assert again.f64 == bars.f64 and len(world.calls) == 38
    assert sum(source.count for source in again.sources) == len(truth)
    part = world.bars(start_us=at("2026-02-02 00:00"), end_us=at("2026-02-03 00:00"))
    assert times(part) == world.market.bars(MINUTE, at("2026-02-02 00:00"), at("2026-02-03 00:00"))
    assert len(world.calls) == 38


def test_twenty_clients_cost_what_one_costs_and_get_the_same() -> None:
    alone, together = World(NOW), World(NOW)
    alone.bars(duration="3 M")
    ids = [together.ask(f"client{number}", duration="3 M") for number in range(20)]
    replies = [together.reply(each) for each in ids]
    assert len(together.calls) == len(alone.calls) > 5
    assert all(reply == replies[0] for reply in replies)


@st.composite
def wants(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(st.integers(0, 40 * 86_400))
    length = draw(st.integers(1, 30 * 86_400))
    ends_now = draw(st.booleans())
    size = draw(st.sampled_from(["1 min", "5 mins", "30 mins", "1 hour"]))
    begin = at("2026-10-05 00:00") + start * SECOND_US
    return {"start_us": begin, "end_us": None if ends_now else begin + length * SECOND_US, "bar_size": size}


SIZES = {"1 min": 1, "5 mins": 5, "30 mins": 30, "1 hour": 60}


@settings(max_examples=60)
@given(
    st.lists(wants(), min_size=1, max_size=6),
    st.sampled_from([Market(), SUNDAY_EVENING, replace(Market(), holidays=frozenset({"2026-10-26", "2026-11-02"}))]),
    st.booleans(),
)
def test_whatever_is_wanted_in_whatever_order_is_whole(
    wanted: list[dict[str, Any]], market: Market, counts_sessions: bool
) -> None:
    """The clocks change on 25 October in London and on 1 November in New York; both are within the ranges."""
    world = World(NOW, replace(market, counts_sessions=counts_sessions))
    for each in wanted:
        bars = world.bars(**each)
        end = world.now if each["end_us"] is None else min(each["end_us"], world.now)
        found, truth = times(bars), market.bars(SIZES[each["bar_size"]] * MINUTE, each["start_us"], end)
        if each["end_us"] is None:  # The answer is as old as the request for the newest bars.
            assert found == truth[: len(found)] and len(truth) - len(found) <= 2
        else:
            assert found == truth
    for key, blocks in world.kept.items():
        assert key.con_id == 77
        assert all(each.columns["time_us"][-1] < at("2026-11-18 00:00", market.zone) for each in blocks)


@pytest.mark.parametrize("counts_sessions", [True, False])
def test_thirty_days_of_minutes_are_the_last_thirty_days_with_bars(counts_sessions: bool) -> None:
    world = World(NOW, Market(counts_sessions=counts_sessions))
    bars = world.bars(duration="30 D", end_us=at("2026-11-13 18:00"))
    sessions = world.market.sessions(at("2026-11-13 18:00"), at("2026-09-01 00:00"))[-30:]
    assert times(bars) == world.market.bars(MINUTE, sessions[0][0], at("2026-11-13 18:00"))


def test_days_of_small_bars_are_whole_days() -> None:
    world = World(NOW)
    bars = world.bars(duration="2 D", bar_size="30 secs", end_us=at("2026-11-13 18:00"))
    assert times(bars)[0] == at("2026-11-12 08:00") and bars.count == 2 * 1020


def test_daily_bars_are_dates() -> None:
    world = World(NOW)
    bars = world.bars(duration="20 Y", bar_size="1 day")
    assert bars.dates is not None and bars.dates[0] == "2015-01-05" and bars.dates[-1] == "2026-11-18"
    assert "time_us" not in bars.i64 and unpack_floats(bars.f64["close"])[-1] == float(20261118 % 9973)
    days = world.bars(start_us=at("2026-11-09 00:00"), end_us=at("2026-11-11 00:00"), bar_size="1 day")
    assert days.dates == ["2026-11-09", "2026-11-10"]


def test_todays_bars_are_asked_for_again_and_the_others_are_not() -> None:
    world = World(NOW)
    world.bars(start_us=at("2026-11-01 00:00"))
    asked = len(world.calls)
    world.now += 3 * MINUTE
    bars = world.bars(start_us=at("2026-11-01 00:00"))
    assert times(bars)[-1] == at("2026-11-18 12:03") and len(world.calls) == asked + 1
    assert world.calls[-1].duration == "2 D"


def test_news_of_now_serve_all_who_ask_within_seconds_until_a_bar_begins() -> None:
    world = World(NOW, seconds=0.1)
    world.bars(duration="1 D")
    world.bars(duration="1 D")
    assert len(world.calls) == 1
    world.now = at("2026-11-18 12:01:01")
    assert times(world.bars(duration="1 D"))[-1] == at("2026-11-18 12:01")


def test_a_long_silence_is_jumped_over() -> None:
    """Nothing was traded for two years: the days tell it, not a hundred requests."""
    market = Market(holidays=frozenset())
    world = World(NOW, replace(market, first="2026-09-07"))
    bars = world.bars(start_us=at("2024-01-01 00:00"), end_us=at("2026-10-01 00:00"))
    assert times(bars) == world.market.bars(MINUTE, at("2026-09-07 00:00"), at("2026-10-01 00:00"))
    assert len(world.calls) < 8 and [call.bar_size for call in world.calls].count("1 day") == 1


def test_nothing_is_an_answer_and_is_not_kept() -> None:
    world = World(NOW, Market(first="2027-01-01"))
    for more in ({"duration": "1 D"}, {"start_us": at("2026-06-01 00:00")}):
        bars = world.bars(**more)
        assert isinstance(bars, Bars) and (bars.count, bars.f64["close"]) == (0, b"")
    assert world.kept == {}


def test_no_bars_during_an_outage_is_an_error_and_bars_are_not_kept() -> None:
    world = World(NOW, Market(first="2027-01-01"))
    world.session.farms["ushmds"] = "broken"
    error = world.bars(duration="1 D")
    assert isinstance(error, WireError) and error.tws_code == 162
    world.market = Market()
    assert world.bars(duration="1 D", end_us=at("2026-11-13 18:00")).count == 510
    assert world.kept == {}


def test_adjusted_prices_are_asked_for_once_and_never_kept() -> None:
    world = World(NOW)
    bars = world.bars(start_us=at("2024-01-01 00:00"), bar_size="1 day", what_to_show="ADJUSTED_LAST")
    assert bars.dates is not None and bars.dates[0] == "2024-01-01"
    assert len(world.calls) == 1 and world.calls[0].end == "" and world.kept == {}


def test_a_request_that_tws_finds_too_long_is_made_shorter() -> None:
    world = World(NOW)
    world.refuse = lambda call: (162, "Time length exceed max.") if call.duration == "7 D" else None
    bars = world.bars(start_us=at("2026-09-01 00:00"), end_us=at("2026-10-01 00:00"))
    assert times(bars) == world.market.bars(MINUTE, at("2026-09-01 00:00"), at("2026-10-01 00:00"))


def test_a_pacing_violation_by_others_is_waited_out() -> None:
    world, refused = World(NOW), [(162, "Historical data request pacing violation")]
    world.refuse = lambda call: refused.pop() if refused else None
    assert world.bars(duration="1 D").count > 0
    assert world.now > NOW + 20 * SECOND_US


@pytest.mark.parametrize(
    ("code", "text", "wire_code"),
    [
        (321, "Error validating request.-'bW' : cause - There is no data type", "tws.error"),
        (354, "Requested market data is not subscribed.", "tws.permission"),
    ],
)
def test_other_refusals_are_the_answer(code: int, text: str, wire_code: str) -> None:
    world = World(NOW)
    world.refuse = lambda call: (code, text)
    for more in ({"duration": "1 D"}, {"start_us": at("2026-01-01 00:00")}):
        error = world.bars(**more)
        assert (error.code, error.tws_code) == (wire_code, code)


def test_what_makes_no_sense_is_refused_before_tws_is_asked() -> None:
    world = World(NOW)
    error = world.bars(duration="5 S")
    assert (error.code, error.field) == ("req.invalid", "duration") and world.calls == []


def test_progress_is_told_in_parts_with_the_time_left() -> None:
    world = World(NOW)
    request = world.ask(start_us=at("2026-01-01 00:00"), progress=True)
    bars = world.reply(request)
    replies = [each for each in world.replies if each.request_id == request]
    parts = [each.body for each in replies[:-1]]
    assert [each.part for each in replies] == list(range(len(replies))) and replies[-1].body is bars
    assert all(each.more for each in replies[:-1]) and not replies[-1].more and len(parts) > 10
    told = [part.progress for part in parts if isinstance(part, BarsPart)]
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert all(0 <= each.done <= 1 for each in told) and told[-1].left_us is not None
    assert world.bars(duration="1 D").count and not any(each.more for each in world.replies[len(replies) :])


def test_a_cancel_answers_and_asks_nothing_more() -> None:
    world = World(NOW)
    request = world.ask(start_us=at("2026-01-01 00:00"))
    world.step()
    world.step()
    world.cancel(request)
    assert world.reply(request).code == "req.cancelled"
    assert len(world.calls) == 2
    assert sum(map(len, world.kept.popitem()[1])) > 0


def test_at_the_deadline_the_caller_hears_how_far_it_was_and_goes_on_from_there() -> None:
    world = World(NOW)
    error = world.bars(start_us=at("2026-01-01 00:00"), expires_us=NOW + 5 * SECOND_US)
    assert error.code == "req.expired" and "%" in error.msg
    asked = len(world.calls)
    bars = world.bars(start_us=at("2026-01-01 00:00"))
    assert times(bars)[0] == at("2026-01-01 08:00")
    alone = World(NOW)
    alone.bars(start_us=at("2026-01-01 00:00"))
    assert len(world.calls) <= len(alone.calls) + 1 and asked > 1


def test_tws_is_told_when_it_does_not_answer() -> None:
    world = World(NOW)
    request = world.ask(duration="1 D")
    world.step()
    timeout = world.requests.next_due()
    assert timeout is not None
    world.perform(world.requests.due(timeout))
    assert isinstance(world.waiting[-1].call, CancelHistoricalData)
    world.waiting.clear()
    assert world.reply(request).code == "tws.timeout"


def test_a_lost_session_is_told_and_what_comes_later_is_ignored() -> None:
    world = World(NOW)
    request = world.ask(start_us=at("2026-01-01 00:00"))
    world.step()
    world.perform(world.history.lost("gone", world.now))
    world.perform(world.requests.lost("gone", world.now))
    world.waiting.clear()
    assert world.reply(request).code == "tws.lost"
    assert world.history.next_due() is None


def test_the_rules_for_small_bars_are_kept_whoever_asks() -> None:
    world = World(NOW, seconds=0.05)
    ids = [
        world.ask(f"c{number}", start_us=NOW - 8 * DAY_US, bar_size="30 secs", what_to_show=what, priority=priority)
        for number, (what, priority) in enumerate([("TRADES", "bulk"), ("BID_ASK", "interactive"), ("BID", "bulk")])
    ]
    assert all(world.reply(each).count > 0 for each in ids)
    asked = [(now, replace(call, req_id=0)) for now, call in world.sent if isinstance(call, ReqHistoricalData)]
    asked = [(now, call) for now, call in asked if call.bar_size == "30 secs"]
    assert len(asked) > 20
    for limit in LIMITS:
        for now, call in asked:
            recent = [c for when, c in asked if 0 <= now - when < limit.span_us and limit.group(c) == limit.group(call)]
            assert sum(map(limit.weight, recent)) <= limit.most


def test_what_is_final_is_told() -> None:
    world = World(NOW)
    midnight = at("2026-11-18 00:00")
    past = world.bars(start_us=at("2026-11-10 00:00"), end_us=midnight)
    assert past.final_us == midnight
    assert world.bars(start_us=at("2026-11-10 00:00"), end_us=at("2026-11-18 11:00")).final_us == midnight
    assert world.bars(duration="5 D").final_us == midnight
    assert world.bars(duration="5 D", bar_size="1 day").final_us == midnight
    assert world.bars(duration="5 D", bar_size="1 day", what_to_show="ADJUSTED_LAST").final_us == 0


def test_nothing_is_final_that_was_told_in_an_outage_or_long_after_the_last_bar() -> None:
    world = World(NOW, Market(holidays=frozenset(f"2026-11-{day:02}" for day in range(3, 18))))
    last = at("2026-11-02 16:29")
    end = at("2026-11-18 00:00")
    assert world.bars(start_us=at("2026-10-28 00:00"), end_us=end).final_us == last + 5 * DAY_US
    assert world.bars(start_us=at("2026-11-04 00:00"), end_us=at("2026-11-06 00:00")).final_us == 0
    world.session.farms["ushmds"] = "broken"
    assert world.bars(start_us=at("2026-09-01 00:00"), end_us=at("2026-09-03 00:00")).final_us == 0
    del world.session.farms["ushmds"]
    assert world.bars(start_us=at("2026-09-01 00:00"), end_us=at("2026-09-03 00:00")).final_us == at("2026-09-03 00:00")


def test_a_request_counts_from_when_it_leaves_for_tws() -> None:
    world = World(NOW)
    world.bars(duration="1800 S", bar_size="5 secs")
    ((at_us, call),) = [(at, call) for at, call in world.sent if isinstance(call, ReqHistoricalData)]
    world.history.sent(call, at_us + SECOND_US)
    again = replace(call, req_id=0)
    assert world.queue.pacing.free_at(again, at_us + SECOND_US) >= at_us + 16 * SECOND_US


@pytest.mark.parametrize(("size", "days"), [("1 min", 30), ("1 day", 400)])
def test_bars_from_before_a_split_are_forgotten_and_fetched_anew(size: str, days: int) -> None:
    world = World(NOW)
    asked: dict[str, Any] = {"start_us": NOW - days * DAY_US, "bar_size": size}
    before = world.bars(**asked)
    world.market.split, world.now = 4.0, world.now + DAY_US
    after = world.bars(**asked)
    whole = list(unpack_floats(before.f64["close"]))[:-1]
    assert list(unpack_floats(after.f64["close"]))[: len(whole)] == [close / 4 for close in whole]
    assert len(world.dropped) == 1 and "other prices" in world.log[-1]
    cached = World(world.now, world.market, kept=world.kept)
    assert cached.bars(**asked).f64["close"] == after.f64["close"] and cached.dropped == []


def test_farms_that_contradict_one_another_are_believed_once_a_day() -> None:
    world = World(NOW)
    world.refuse = lambda call: setattr(world.market, "split", world.market.split * 2)
    world.bars(start_us=NOW - 300 * DAY_US)
    world.now += DAY_US
    world.bars(start_us=NOW - 300 * DAY_US)
    assert len(world.dropped) <= 2 and len(world.calls) < 200
