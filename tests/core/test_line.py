from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge.protocol.errors import make_error
from twsbridge.protocol.line_state import LineGap
from twsbridge.protocol.models import Contract, Reason
from twsbridge.protocol.stream_rows import DepthChange, MidPoint, Tick
from twsbridge.protocol.stream_states import SIZES
from twsbridge.protocol.streams import StreamTopic, parse_stream
from twsbridge_server.core.effects import Effect, PublishTicks
from twsbridge_server.core.line import Line, State, line_key

TOPIC = "md|1@SMART|"
READ = StreamTopic("md", TOPIC, {"con_id": "1", "exchange": "SMART"})


def line(state: State = "live") -> Line:
    made = Line(READ, Contract(con_id=1))
    made.join(TOPIC, READ, "alice")
    made.state = state
    return made


def read(topic: str) -> StreamTopic:
    found = parse_stream(topic)
    assert found is not None
    return found


def test_ticks_of_one_input_travel_in_one_frame() -> None:
    ticks = (Tick(1, 190.0), Tick(0, "5"), Tick(45, "1767628800"))
    assert line().rows(ticks, 7) == [PublishTicks(TOPIC, "ticks", 1, 7, ticks)]


def test_the_size_that_tws_says_twice_is_passed_on_once() -> None:
    made = line()
    assert made.rows((Tick(1, 190.0), Tick(0, "5")), 7) != []
    assert made.rows((Tick(0, "5"),), 8) == []
    assert made.rows((Tick(1, 190.0), Tick(0, "5")), 9) == [PublishTicks(TOPIC, "ticks", 2, 9, (Tick(1, 190.0),))]
    assert made.rows((Tick(0, "6"),), 9) == [PublishTicks(TOPIC, "ticks", 3, 9, (Tick(0, "6"),))]


@pytest.mark.parametrize("tick", [Tick(4, 190.0), Tick(45, "1767628800"), Tick(4, None), Tick(49, 0.0)])
def test_prices_and_times_are_always_passed_on(tick: Tick) -> None:
    made = line()
    assert [len(made.rows((tick,), now)) for now in range(3)] == [1, 1, 1]


@pytest.mark.parametrize("state", ["waiting", "stale"])
def test_ticks_make_a_silent_line_live(state: State) -> None:
    ticks, said = line(state).rows((Tick(4, 190.0),), 7)
    assert ticks == PublishTicks(TOPIC, "ticks", 1, 7, (Tick(4, 190.0),))
    assert said == PublishTicks(TOPIC, "state", 2, 7, {"market_data_type": None, "state": "live"})


def bodies(effects: list[Effect]) -> list[Any]:
    return [(each.kind, each.body) for each in effects if isinstance(each, PublishTicks)]


def test_a_gap_lasts_from_the_last_rows_to_the_next_ones() -> None:
    made = line()
    made.rows((Tick(4, 190.0),), 7)
    gap = {"since_us": 7, "reason": "1100"}
    stale = {"market_data_type": None, "state": "stale", "gap": gap}
    assert bodies(made.interrupted("1100", 9, data_lost=False)) == [("state", stale)]
    assert made.interrupted("1100", 10, data_lost=False) == [] and made.status().gap == LineGap(**gap)
    assert bodies(made.rows((Tick(4, 191.0),), 11)) == [
        ("ticks", (Tick(4, 191.0),)),
        ("state", {"market_data_type": None, "state": "live", "resumed": {"since_us": 7, "data_lost": False}}),
    ]
    assert "resumed" not in made.condition() and made.status().gap is None
    assert len(made.rows((Tick(4, 192.0),), 12)) == 1


def test_after_a_new_request_nothing_from_before_the_gap_stays() -> None:
    made = line()
    made.rows((Tick(1, 189.0), Tick(4, 190.0)), 7)
    made.interrupted("gone", 8)
    assert bodies(made.reopened(9))[0][1]["gap"]["since_us"] == 7
    assert bodies(made.gives(1, 10))[0][1]["state"] == "stale", "the kind of data is no data yet"
    image, state = bodies(made.rows((Tick(4, 191.0),), 11))
    assert image == ("image", (Tick(4, 191.0),)) and made.last(1) is None
    assert (state[1]["state"], state[1]["resumed"]) == ("live", {"since_us": 7, "data_lost": True})


def test_of_things_that_happen_the_end_of_the_gap_is_told_before_them() -> None:
    topic = "tbt|1@SMART:MidPoint|"
    made = Line(read(topic), Contract(con_id=1))
    made.join(topic, read(topic), "alice")
    made.interrupted("gone", 8)
    made.reopened(9)
    assert [kind for kind, _ in bodies(made.rows((MidPoint(1, 2.0),), 11))] == ["state", "ticks"]


def test_a_line_that_changes_seldom_goes_on_when_tws_has_kept_it_and_a_quote_waits_for_rows() -> None:
    topic = "pnl|DU1234567|"
    seldom = Line(read(topic), Contract())
    seldom.join(topic, read(topic), "alice")
    quote = line()
    for each in (seldom, quote):
        assert each.kept("kept", 1) == []
        each.interrupted("1100", 2, data_lost=False)
    assert bodies(seldom.kept("kept", 3))[0][1]["resumed"] == {"since_us": 2, "data_lost": False}
    assert bodies(quote.kept("kept", 3))[0][1]["gap"] == {"since_us": 2, "reason": "kept"}
    assert (seldom.state, quote.state) == ("live", "stale")


@pytest.mark.parametrize(("kind", "state"), [(1, "live"), (2, "frozen"), (3, "delayed"), (4, "frozen")])
def test_what_tws_gives_is_said_once(kind: int, state: str) -> None:
    made = line("waiting")
    assert made.gives(kind, 7) == [PublishTicks(TOPIC, "state", 1, 7, {"market_data_type": kind, "state": state})]
    assert made.gives(kind, 8) == []
    assert made.gives(99, 8) == []


def test_the_image_is_the_last_value_of_every_type() -> None:
    made = line()
    assert made.views[TOPIC].image(1) == []
    made.rows((Tick(1, 190.0), Tick(0, "5"), Tick(1, 191.0)), 2)
    assert made.views[TOPIC].image(3) == [PublishTicks(TOPIC, "image", 2, 3, (Tick(1, 191.0), Tick(0, "5")))]


def test_the_state_carries_error_and_notice_until_they_no_longer_hold() -> None:
    made, error = line(), make_error("tws.permission", "not subscribed")
    made.notice = Reason(tws_code=10167, text="delayed")
    (said,) = made.become("stale", 1, error)
    assert isinstance(said, PublishTicks) and isinstance(said.body, dict)
    assert said.body["error"] == error.wire()
    assert said.body["notice"] == {"tws_code": 10167, "text": "delayed"}
    made.gone()
    assert made.become("live", 2) == [PublishTicks(TOPIC, "state", 2, 2, {"market_data_type": None, "state": "live"})]


def test_status() -> None:
    row = line().status()
    assert (row.topic, row.contract, row.market_data_type, row.state) == (TOPIC, Contract(con_id=1), None, "live")
    assert (row.clients, row.generic_ticks) == (["alice"], "")


def test_topics_that_differ_in_pace_or_generic_ticks_share_a_line_that_wants_all_of_them() -> None:
    made = line()
    for topic, client in (("md|1@SMART:233,236|", "bob"), ("md|1@SMART:100,233~250|", "alice")):
        assert line_key(read(topic)) == made.key
        made.join(topic, read(topic), client)
    assert made.wanted.generic_ticks == "100,233,236"
    assert made.clients == ["alice", "bob"]
    assert [each.topic for each in made.rows((Tick(4, 1.0),), 5) if isinstance(each, PublishTicks)] == [*made.views]
    assert not made.leave("md|1@SMART:233,236|", ())
    assert made.wanted.generic_ticks == "100,233"
    assert not made.leave(TOPIC, ("alice",)) and made.clients == ["alice"]
    assert not made.leave("md|1@SMART:100,233~250|", ()) and made.leave(TOPIC, ())


def test_a_book_that_begins_anew_is_empty_for_everybody() -> None:
    topic = "depth|1@ISLAND:5|"
    made = Line(read(topic), Contract(con_id=1))
    made.join(topic, read(topic), "alice")
    made.state = "waiting"
    ask = DepthChange(0, 0, 0, 190.0, "5")
    told, _live = made.rows((ask,), 1)
    assert told == PublishTicks(topic, "ticks", 1, 1, (ask,)) and made.state == "live"
    assert made.reset(2) == [PublishTicks(topic, "image", 3, 2, ())]


VALUES = {kind: st.sampled_from(["0", "5", "6"]) for kind in SIZES} | {
    kind: st.sampled_from([None, 1.0, 2.0]) for kind in (1, 2, 4, 45)
}
TICKS = st.lists(st.one_of([st.builds(Tick, st.just(kind), value) for kind, value in VALUES.items()]), max_size=8)


@given(st.lists(TICKS, max_size=20))
def test_nothing_is_lost_by_what_is_left_out(inputs: list[list[Tick]]) -> None:
    made = line()
    said: dict[int, Tick] = {}
    heard: dict[int, Tick] = {}
    for ticks in inputs:
        for effect in made.rows(tuple(ticks), 0):
            assert isinstance(effect, PublishTicks)
            heard.update({tick.tick_type: tick for tick in effect.body if isinstance(tick, Tick)})
        said.update({tick.tick_type: tick for tick in ticks})
        assert heard == said
