from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.core.rig import SETTINGS, calm, of
from twsbridge.protocol.line_state import Rerouted, TickParameters
from twsbridge.protocol.models import Contract
from twsbridge.protocol.stream_rows import NewsTick, Tick
from twsbridge.protocol.tick_values import NEWS, HeadlineTick
from twsbridge_server.core.answers import FIRST_REQUEST_ID, RequestIds
from twsbridge_server.core.calls import CancelMarketData, ReqMarketData, ReqMarketDataType
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.effects import CallTws, Effect, PublishTicks
from twsbridge_server.core.history.pacing import HistoryPacing
from twsbridge_server.core.inputs import Client, SubscriptionClosed, SubscriptionOpened, TwsErrorReceived
from twsbridge_server.core.lines import Lines
from twsbridge_server.core.requests import Requests
from twsbridge_server.core.rights import Rights
from twsbridge_server.core.stream_inputs import AboutLine, MarketDataType, StreamRows, Ticks

ID = FIRST_REQUEST_ID
ADMIN = Client(b"", "ann", "admin")
A, B = "md|1@SMART|", "md|2@SMART|"


def new(**more: Any) -> Lines:
    ids = RequestIds()
    settings = replace(SETTINGS, **more)
    return Lines(settings, ids, Contracts(settings, Requests(ids), calm()), HistoryPacing())


def ready(**more: Any) -> Lines:
    lines = new(**more)
    lines.ready(0)
    return lines


def call(effects: list[Effect]) -> list[Any]:
    return [effect.call for effect in of(CallTws, effects)]


def states(effects: list[Effect]) -> list[tuple[str, str]]:
    return [(e.topic, e.body["state"]) for e in of(PublishTicks, effects) if e.kind == "state"]


def asked(con_id: int, req_id: int) -> ReqMarketData:
    return ReqMarketData(req_id, Contract(con_id=con_id, exchange="SMART"))


def test_the_first_subscriber_opens_the_line_and_the_others_get_its_image() -> None:
    lines = ready()
    assert lines.opened(SubscriptionOpened(A), 1) == [
        CallTws(asked(1, ID)),
        PublishTicks(A, "state", 1, 1, {"market_data_type": None, "state": "waiting"}),
    ]
    lines.market_data_type(MarketDataType(ID, 1), 2)
    lines.ticks(Ticks(ID, (Tick(4, 190.0),)), 3)
    assert lines.opened(SubscriptionOpened(A), 4) == [
        PublishTicks(A, "image", 4, 4, (Tick(4, 190.0),)),
        PublishTicks(A, "state", 5, 4, {"market_data_type": 1, "state": "live"}),
    ]


@pytest.mark.parametrize("topic", ["md|x@SMART|", "md|", "ord|DU1234567|", ""])
def test_other_topics_mean_nothing(topic: str) -> None:
    lines = ready()
    assert lines.opened(SubscriptionOpened(topic), 1) == lines.closed(SubscriptionClosed(topic), 2) == []
    assert lines.rows(ADMIN) == []


def test_the_last_subscriber_closes_the_line() -> None:
    lines = ready()
    lines.opened(SubscriptionOpened(A), 1)
    assert lines.closed(SubscriptionClosed(A), 2) == [CallTws(CancelMarketData(ID))]
    assert lines.closed(SubscriptionClosed(A), 3) == []
    assert lines.ticks(Ticks(ID, (Tick(4, 190.0),)), 4) == []
    assert lines.market_data_type(MarketDataType(ID, 1), 4) == []
    assert lines.error(TwsErrorReceived(ID, 300, "Can't find EId"), 4) is None
    assert call(lines.opened(SubscriptionOpened(A), 5)) == [asked(1, ID + 1)]


def test_a_line_wanted_before_the_session_opens_with_it() -> None:
    lines = new(market_data_type=3)
    assert call(lines.opened(SubscriptionOpened(A), 1)) == []
    assert call(lines.ready(2)) == [ReqMarketDataType(3), asked(1, ID)]


def test_a_lost_session_makes_lines_stale_and_the_next_one_opens_them_under_new_ids() -> None:
    lines = ready()
    lines.opened(SubscriptionOpened(A), 1)
    lines.ticks(Ticks(ID, (Tick(4, 190.0),)), 2)
    lost = lines.lost("reset by peer", 3)
    assert (call(lost), states(lost)) == ([], [(A, "stale")])
    assert states(lines.opened(SubscriptionOpened(A), 4)) == [(A, "stale")]
    assert lines.ticks(Ticks(ID, (Tick(4, 191.0),)), 4) == []
    again = lines.ready(5)
    assert (call(again)[1:], states(again)) == ([asked(1, ID + 1)], [(A, "waiting")])
    assert states(lines.ticks(Ticks(ID + 1, (Tick(4, 191.0),)), 6)) == [(A, "live")]


def test_a_line_closed_while_there_is_no_session_is_not_cancelled_and_not_reopened() -> None:
    lines = ready()
    lines.opened(SubscriptionOpened(A), 1)
    lines.lost("reset by peer", 2)
    assert lines.closed(SubscriptionClosed(A), 3) == []
    assert call(lines.ready(4)) == [ReqMarketDataType(1)]


def test_a_link_that_is_down_makes_lines_stale_until_ticks_come() -> None:
    lines = ready()
    lines.opened(SubscriptionOpened(A), 1)
    lines.market_data_type(MarketDataType(ID, 3), 1)
    assert states(lines.outages.link_lost("1100", 2)) == [(A, "stale")]
    assert states(lines.ticks(Ticks(ID, (Tick(68, 190.0),)), 3)) == [(A, "delayed")]
    assert states(lines.outages.link_back(4)) == []


def test_lines_that_tws_has_kept_are_stale_until_they_tell_something() -> None:
    lines = ready()
    lines.opened(SubscriptionOpened(A), 1)
    lines.opened(SubscriptionOpened(B), 1)
    lines.market_data_type(MarketDataType(ID, 3), 1)
    assert states(lines.outages.link_lost("1100", 2)) == [(A, "stale"), (B, "stale")]
    assert states(lines.outages.link_back(3)) == [(A, "stale"), (B, "stale")]
    assert states(lines.ticks(Ticks(ID, (Tick(68, 190.0),)), 4)) == [(A, "delayed")]
    assert states(lines.ticks(Ticks(ID + 1, (Tick(4, 190.0),)), 5)) == [(B, "live")]


def test_a_connection_that_fails_again_says_nothing_new() -> None:
    lines = ready()
    lines.opened(SubscriptionOpened(A), 1)
    lines.lost("reset by peer", 2)
    assert states(lines.opened(SubscriptionOpened(B), 3)) == [(B, "waiting")]
    assert lines.lost("connection refused", 4) == []


def test_lost_data_are_asked_for_again_under_new_ids() -> None:
    lines = ready()
    lines.opened(SubscriptionOpened(A), 1)
    lines.opened(SubscriptionOpened(B), 1)
    effects = lines.outages.data_lost("1101", 2)
    assert call(effects) == [CancelMarketData(ID), CancelMarketData(ID + 1), asked(1, ID + 2), asked(2, ID + 3)]
    assert states(effects) == [(A, "waiting"), (B, "waiting")]
    lines.lost("gone", 3)
    assert lines.outages.data_lost("1101", 4) == []


@pytest.mark.parametrize("code", [354, 10168, 200, 101])
def test_an_error_ends_the_line_and_a_new_subscriber_tries_again(code: int) -> None:
    lines = ready()
    lines.opened(SubscriptionOpened(A), 1)
    (said,) = lines.error(TwsErrorReceived(ID, code, "no"), 2) or []
    assert isinstance(said, PublishTicks) and isinstance(said.body, dict)
    assert (said.body["state"], said.body["error"]["tws_code"]) == ("ended", code)
    assert lines.lost("gone", 3) == []
    lines.ready(4)
    assert lines.rows(ADMIN)[0].state == "waiting"
    lines.error(TwsErrorReceived(ID + 1, code, "no"), 5)
    assert call(lines.opened(SubscriptionOpened(A), 6)) == [asked(1, ID + 2)]


@pytest.mark.parametrize(
    ("code", "state"),
    [(10167, "delayed"), (10089, "waiting"), (10090, "waiting"), (10091, "waiting"), (99999, "waiting")],
)
def test_a_notice_leaves_the_line_open(code: int, state: str) -> None:
    lines = ready()
    lines.opened(SubscriptionOpened(A), 1)
    (said,) = lines.error(TwsErrorReceived(ID, code, "words"), 2) or []
    assert isinstance(said, PublishTicks) and isinstance(said.body, dict)
    assert (said.body["state"], said.body["notice"]) == (state, {"tws_code": code, "text": "words"})
    assert lines.ticks(Ticks(ID, (Tick(68, 190.0),)), 3) != []


def test_a_notice_after_delayed_data_is_still_passed_on() -> None:
    lines = ready()
    lines.opened(SubscriptionOpened(A), 1)
    lines.market_data_type(MarketDataType(ID, 3), 2)
    (said,) = lines.error(TwsErrorReceived(ID, 10167, "words"), 2) or []
    assert isinstance(said, PublishTicks) and isinstance(said.body, dict) and "notice" in said.body


def test_a_competing_session_stops_the_ticks_for_a_while() -> None:
    lines = ready()
    lines.opened(SubscriptionOpened(A), 1)
    (said,) = lines.error(TwsErrorReceived(ID, 10197, "competing live session"), 2) or []
    assert isinstance(said, PublishTicks) and isinstance(said.body, dict)
    assert (said.body["state"], said.body["error"]["code"]) == ("stale", "tws.permission")
    assert states(lines.ticks(Ticks(ID, (Tick(4, 190.0),)), 3)) == [(A, "live")]
    assert lines.closed(SubscriptionClosed(A), 4) == [CallTws(CancelMarketData(ID))]


def test_300_is_ignored() -> None:
    lines = ready()
    lines.opened(SubscriptionOpened(A), 1)
    assert lines.error(TwsErrorReceived(ID, 300, "Can't find EId"), 2) == []


def test_the_budget_is_for_lines_and_a_closed_one_makes_room() -> None:
    lines = ready(max_lines=1)
    lines.opened(SubscriptionOpened(A), 1)
    assert states(lines.opened(SubscriptionOpened(B), 2)) == [(B, "ended")]
    assert call(lines.opened(SubscriptionOpened(A), 3)) == []
    assert call(lines.closed(SubscriptionClosed(A), 4)) == [CancelMarketData(ID), asked(2, ID + 1)]
    assert states(lines.opened(SubscriptionOpened(B), 5)) == [(B, "waiting")]


def test_an_ended_line_does_not_take_the_place_of_a_living_one() -> None:
    lines = ready(max_lines=1)
    lines.opened(SubscriptionOpened(A), 1)
    lines.error(TwsErrorReceived(ID, 200, ""), 2)
    lines.opened(SubscriptionOpened(B), 3)
    assert [type(each) for each in call(lines.outages.data_lost("1101", 4))] == [CancelMarketData, ReqMarketData]
    assert [(row.topic, row.state) for row in lines.rows(ADMIN)] == [(A, "ended"), (B, "waiting")]


TOPICS = [f"md|{number}@SMART|" for number in range(1, 6)]
MAX_LINES = 3


class LinesMachine(RuleBasedStateMachine):
    """Random subscribers, sessions and ticks, against what TWS and a subscriber would see."""

    @initialize()
    def start(self) -> None:
        self.lines = new(max_lines=MAX_LINES)
        self.connected = False
        self.wanted: set[str] = set()
        self.at_tws: dict[int, str] = {}
        self.used: set[int] = set()
        self.heard: dict[str, dict[int, Tick]] = {}
        self.counts: dict[str, int] = {}
        self.gaps: set[str] = set()

    def perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case CallTws(ReqMarketData(req_id, contract)):
                    assert self.connected and req_id not in self.used
                    self.used.add(req_id)
                    self.at_tws[req_id] = f"md|{contract.con_id}@{contract.exchange}|"
                case CallTws(CancelMarketData(req_id)):
                    del self.at_tws[req_id]
                case PublishTicks():
                    self.hear(effect)

    def hear(self, frame: PublishTicks) -> None:
        assert frame.topic in self.wanted
        assert frame.n == self.counts.get(frame.topic, 0) + 1
        self.counts[frame.topic] = frame.n
        if isinstance(frame.body, tuple):
            new = {tick.tick_type: tick for tick in frame.body}
            known = self.heard.setdefault(frame.topic, {})
            assert frame.kind == "ticks" or new == known or frame.topic in self.gaps
            self.heard[frame.topic] = new if frame.kind == "image" else {**known, **new}
        else:
            self.hear_state(frame.topic, frame.body)

    def hear_state(self, topic: str, body: dict[str, Any]) -> None:
        """A gap begins and ends once, and nothing that may be old is called live."""
        assert ("resumed" in body) <= (topic in self.gaps)
        (self.gaps.add if "gap" in body else self.gaps.discard)(topic)
        assert not (topic in self.gaps and body["state"] in ("live", "delayed", "frozen"))

    @rule(topic=st.sampled_from(TOPICS))
    def subscribe(self, topic: str) -> None:
        self.wanted.add(topic)
        self.perform(self.lines.opened(SubscriptionOpened(topic), 0))

    @rule(topic=st.sampled_from(TOPICS))
    def unsubscribe(self, topic: str) -> None:
        self.perform(self.lines.closed(SubscriptionClosed(topic), 0))
        self.wanted.discard(topic)
        self.heard.pop(topic, None)
        self.counts.pop(topic, None)
        self.gaps.discard(topic)

    @precondition(lambda self: not self.connected)
    @rule()
    def ready(self) -> None:
        self.connected = True
        self.perform(self.lines.ready(0))

    @precondition(lambda self: self.connected)
    @rule()
    def lost(self) -> None:
        self.connected = False
        self.at_tws.clear()
        self.perform(self.lines.lost("gone", 0))

    @rule()
    def data_lost(self) -> None:
        self.perform(self.lines.outages.data_lost("1101", 0))

    @rule()
    def link_lost(self) -> None:
        self.perform(self.lines.outages.link_lost("1100", 0))

    @rule()
    def link_back(self) -> None:
        self.perform(self.lines.outages.link_back(0))

    @precondition(lambda self: self.used)
    @rule(
        pick=st.integers(0, 100),
        ticks=st.lists(
            st.builds(Tick, st.sampled_from([0, 3, 5]), st.sampled_from(["1", "2"]))
            | st.builds(Tick, st.sampled_from([1, 2, 4]), st.sampled_from([1.0, 2.0]))
        ),
    )
    def tick(self, pick: int, ticks: list[Tick]) -> None:
        req_id = sorted(self.used)[pick % len(self.used)]
        effects = self.lines.ticks(Ticks(req_id, tuple(ticks)), 0)
        assert not effects or req_id in self.at_tws
        self.perform(effects)

    @precondition(lambda self: self.at_tws)
    @rule(pick=st.integers(0, 100), code=st.sampled_from([200, 354, 10167, 10197, 300]))
    def error(self, pick: int, code: int) -> None:
        req_id = sorted(self.at_tws)[pick % len(self.at_tws)]
        if code in (200, 354):
            del self.at_tws[req_id]
        self.perform(self.lines.error(TwsErrorReceived(req_id, code, "words"), 0) or [])

    @invariant()
    def one_line_for_each_topic_and_none_without_a_subscriber(self) -> None:
        opened = list(self.at_tws.values())
        assert len(opened) == len(set(opened)) <= MAX_LINES
        assert set(opened) <= self.wanted

    @invariant()
    def every_wanted_line_is_open_or_says_why_not(self) -> None:
        rows = {row.topic: row.state for row in self.lines.rows(ADMIN)}
        assert rows.keys() == self.wanted
        alive = {topic for topic, state in rows.items() if state != "ended"}
        assert alive == set(self.at_tws.values()) or (not self.connected and len(alive) <= MAX_LINES)


TestLines = LinesMachine.TestCase
TestLines.settings = hypothesis_settings(max_examples=60, stateful_step_count=40)


def test_a_client_is_shown_the_lines_that_it_has_subscribed_to() -> None:
    lines = ready()
    for topic, name in ((A, "alice"), (B, "bob"), (A, "bob")):
        lines.opened(SubscriptionOpened(topic, name), 1)
    seen = {name: [row.topic for row in lines.rows(Client(b"", name))] for name in ("alice", "bob", "eve")}
    assert seen == {"alice": [A], "bob": [A, B], "eve": []}
    assert [row.topic for row in lines.rows(ADMIN)] == [A, B]
    told = [(each.topic, each.client) for each in lines.subscriptions()]
    assert (len(lines), told) == (2, [(A, "alice"), (A, "bob"), (B, "bob")])
    lines.closed(SubscriptionClosed(A), 2)
    assert lines.rows(Client(b"", "alice")) == []


def test_a_client_opens_no_more_lines_than_its_key_may() -> None:
    lines = ready()
    few = Rights(lines=1)
    lines.opened(SubscriptionOpened(A, "alice", few), 1)
    (told,) = [e for e in lines.opened(SubscriptionOpened(B, "alice", few), 2) if isinstance(e, PublishTicks)]
    assert isinstance(told.body, dict)
    assert (told.body["state"], told.body["error"]["code"]) == ("ended", "auth.lines")
    assert call(lines.opened(SubscriptionOpened(B, "bob", few), 3)) == [asked(2, ID + 1)]
    assert call(lines.opened(SubscriptionOpened(A, "bob", few), 4)) == []
    lines.closed(SubscriptionClosed(A), 5)
    assert call(lines.opened(SubscriptionOpened("md|3@SMART|", "alice", few), 6)) == [asked(3, ID + 2)]


def test_a_line_that_gave_way_is_opened_again_when_the_other_one_closes_or_fails() -> None:
    for ends in ("closed", "fails"):
        lines = ready(max_lines=1)
        lines.opened(SubscriptionOpened(A, "web", role="observer"), 1)
        lines.ticks(Ticks(ID, (Tick(4, 190.0),)), 2)
        lines.opened(SubscriptionOpened(B, "desk", role="admin"), 3)
        gone = (
            lines.closed(SubscriptionClosed(B), 4)
            if ends == "closed"
            else lines.error(TwsErrorReceived(ID + 1, 354, "not subscribed"), 4) or []
        )
        assert call(gone)[-1] == asked(1, ID + 2)
        image, state = of(PublishTicks, lines.ticks(Ticks(ID + 2, (Tick(4, 191.0),)), 5))
        assert (image.kind, state.body["state"]) == ("image", "live")
        assert state.body["resumed"] == {"since_us": 2, "data_lost": True}


def test_a_line_that_tws_finds_one_too_many_is_tried_again_only_when_another_has_gone() -> None:
    lines = ready()
    lines.opened(SubscriptionOpened(A), 1)
    lines.opened(SubscriptionOpened(B), 1)
    assert call(lines.error(TwsErrorReceived(ID + 1, 101, "Max number of tickers has been reached"), 2) or []) == []
    assert call(lines.closed(SubscriptionClosed(A), 3)) == [CancelMarketData(ID), asked(2, ID + 2)]


def test_what_tws_says_besides_rows_is_told_at_once_and_to_whoever_joins() -> None:
    lines = ready()
    lines.opened(SubscriptionOpened(A), 1)
    parameters = TickParameters(min_tick=0.01, bbo_exchange="a6", snapshot_permissions=3)
    (told,) = of(PublishTicks, lines.about(AboutLine(ID, parameters), 2))
    assert told.body["parameters"] == parameters.wire()
    assert lines.about(AboutLine(ID, parameters), 2) == lines.about(AboutLine(ID + 9, parameters), 2) == []
    (told,) = of(PublishTicks, lines.about(AboutLine(ID, Rerouted(con_id=7, exchange="SMART")), 3))
    joined = of(PublishTicks, lines.opened(SubscriptionOpened(A), 4))[-1]
    assert told.body == joined.body
    assert (joined.body["parameters"]["min_tick"], joined.body["rerouted"]["con_id"]) == (0.01, 7)
    lines.lost("reset by peer", 5)
    assert "parameters" not in of(PublishTicks, lines.opened(SubscriptionOpened(A), 6))[-1].body


def test_greeks_and_the_newest_headline_belong_to_the_image() -> None:
    lines = ready()
    lines.opened(SubscriptionOpened(A), 1)
    model = Tick(13, {"delta": 0.5})
    lines.ticks(Ticks(ID, (model,)), 2)
    for headline in ("first", "second"):
        lines.ticks(StreamRows(ID, (NewsTick(5, "BRFG", headline, headline, ""),)), 3)
    image = of(PublishTicks, lines.opened(SubscriptionOpened(A), 4))[0]
    second = {"time_us": 5, "provider": "BRFG", "article_id": "second", "headline": "second", "extra": ""}
    assert (image.kind, image.body) == ("image", (model, Tick(NEWS, second)))
    assert HeadlineTick.model_validate(second).wire() == second
