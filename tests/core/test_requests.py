from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from twsbridge.protocol.errors import WireError
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge_server.core.answers import FIRST_REQUEST_ID, RequestIds
from twsbridge_server.core.calls import CancelHistoricalData, ReqContractDetails
from twsbridge_server.core.effects import CallTws, Effect, Log
from twsbridge_server.core.inputs import ContractDetailsEnd, ContractDetailsRow, TwsErrorReceived
from twsbridge_server.core.requests import RequestKind, Requests

KIND = RequestKind(timeout_us=1000)
ID = FIRST_REQUEST_ID


def call(con_id: int = 1) -> ReqContractDetails:
    return ReqContractDetails(0, Contract(con_id=con_id))


def row(req_id: int, con_id: int = 1) -> ContractDetailsRow:
    return ContractDetailsRow(req_id, ContractDetails(contract=Contract(con_id=con_id)))


class Caller:
    """Keeps what it was given; each of its questions has a number."""

    def __init__(self) -> None:
        self.asked = 0
        self.outcomes: list[tuple[int, Any]] = []

    def then(self) -> Any:
        number, self.asked = self.asked, self.asked + 1

        def given(outcome: Any, now: int) -> list[Effect]:
            self.outcomes.append((number, outcome))
            return [Log("info", str(number))]

        return given

    def codes(self) -> list[str]:
        return [outcome.code for _, outcome in self.outcomes if isinstance(outcome, WireError)]


@dataclass
class Gate:
    """Lets one through every `every` microseconds."""

    every: int
    last: int = -1_000_000_000

    def free_at(self, call: Any, now: int) -> int:
        return self.last + self.every

    def passed(self, call: Any, now: int) -> None:
        self.last = now


def ready() -> Requests:
    requests = Requests(RequestIds())
    requests.ready(0)
    return requests


def test_parts_are_gathered_until_the_end() -> None:
    requests, caller = ready(), Caller()
    assert requests.ask(KIND, call(), caller.then(), 0) == [CallTws(ReqContractDetails(ID, Contract(con_id=1)))]
    assert requests.row(row(ID, 1), 1) == requests.row(row(ID, 2), 2) == []
    assert requests.end(ContractDetailsEnd(ID), 3) == [Log("info", "0")]
    assert caller.outcomes == [(0, [row(ID, 1).details, row(ID, 2).details])]
    assert requests.next_due() is None


def test_equal_requests_are_asked_once_and_answered_together() -> None:
    requests, caller = ready(), Caller()
    assert len(requests.ask(KIND, call(), caller.then(), 0)) == 1
    assert requests.ask(KIND, call(), caller.then(), 1) == []
    assert requests.ask(KIND, call(2), caller.then(), 1) != []
    assert requests.end(ContractDetailsEnd(ID), 3) == [Log("info", "0"), Log("info", "1")]
    assert requests.ask(KIND, call(), caller.then(), 4) != []


def test_an_error_ends_a_request_and_a_notice_does_not() -> None:
    requests, caller = ready(), Caller()
    requests.ask(KIND, call(), caller.then(), 0)
    assert requests.error(TwsErrorReceived(ID, 2174, "time zone"), 1) == []
    assert requests.error(TwsErrorReceived(ID, 200, "No security definition"), 2) == [Log("info", "0")]
    assert caller.codes() == ["tws.not_found"]


def test_what_is_not_of_these_is_left_to_others() -> None:
    requests, caller = ready(), Caller()
    requests.ask(KIND, call(), caller.then(), 0)
    requests.end(ContractDetailsEnd(ID), 1)
    assert requests.error(TwsErrorReceived(ID, 200, ""), 2) is None
    assert requests.row(row(ID), 2) == requests.end(ContractDetailsEnd(ID), 2) == []
    assert len(caller.outcomes) == 1


def test_an_error_that_only_says_that_there_is_nothing_is_an_answer() -> None:
    requests, caller = ready(), Caller()
    kind = RequestKind(1000, refusal=lambda code, text: None, finish=len)
    requests.ask(kind, call(), caller.then(), 0)
    requests.error(TwsErrorReceived(ID, 162, "no data"), 1)
    assert caller.outcomes == [(0, 0)]


def test_an_answer_that_cannot_be_read_is_an_error() -> None:
    def finish(parts: list[Any]) -> int:
        return int("not a number")

    requests, caller = ready(), Caller()
    requests.ask(RequestKind(1000, finish=finish), call(), caller.then(), 0)
    requests.end(ContractDetailsEnd(ID), 1)
    assert caller.codes() == ["tws.error"]


def test_the_deadline_answers_and_tells_tws() -> None:
    requests, caller = ready(), Caller()
    requests.ask(RequestKind(1000, CancelHistoricalData), call(), caller.then(), 5)
    assert requests.next_due() == 1005
    assert requests.due(1004) == []
    assert requests.due(1005) == [CallTws(CancelHistoricalData(ID)), Log("info", "0")]
    assert caller.codes() == ["tws.timeout"]
    assert requests.end(ContractDetailsEnd(ID), 1006) == []


def test_without_a_session_the_answer_is_immediate() -> None:
    requests, caller = Requests(RequestIds()), Caller()
    requests.ask(KIND, call(), caller.then(), 0)
    requests.ready(1)
    requests.ask(KIND, call(), caller.then(), 1)
    requests.lost("reset by peer", 2)
    requests.ask(KIND, call(), caller.then(), 3)
    assert caller.codes() == ["tws.disconnected", "tws.lost", "tws.disconnected"]
    assert "reset by peer" in caller.outcomes[2][1].msg


def test_a_waiter_may_ask_again() -> None:
    requests, caller = ready(), Caller()
    requests.ask(KIND, call(), lambda outcome, now: requests.ask(KIND, call(), caller.then(), now), 0)
    assert requests.end(ContractDetailsEnd(ID), 1) == [CallTws(ReqContractDetails(ID + 1, Contract(con_id=1)))]
    assert requests.end(ContractDetailsEnd(ID + 1), 2) == [Log("info", "0")]


def test_a_gate_holds_back_until_it_opens() -> None:
    requests, caller = ready(), Caller()
    kind = RequestKind(1000, gate=Gate(300))
    assert len(requests.ask(kind, call(1), caller.then(), 0)) == 1
    assert requests.ask(kind, call(2), caller.then(), 1) == []
    assert requests.ask(kind, call(2), caller.then(), 2) == []
    assert requests.ask(kind, call(3), caller.then(), 3) == []
    assert requests.next_due() == 300
    assert requests.due(300) == [CallTws(ReqContractDetails(ID + 1, Contract(con_id=2)))]
    assert requests.next_due() == 600
    assert requests.due(600) == [CallTws(ReqContractDetails(ID + 2, Contract(con_id=3)))]
    assert caller.outcomes == []


def test_a_gate_that_opens_too_late_refuses_and_says_when() -> None:
    requests, caller = ready(), Caller()
    kind = RequestKind(1000, gate=Gate(600_000))
    requests.ask(kind, call(1), caller.then(), 0)
    assert requests.ask(kind, call(2), caller.then(), 100_000) == [Log("info", "1")]
    (_, error) = caller.outcomes[0]
    assert (error.code, error.outcome, error.retry) == ("tws.pacing", "rejected", "after:501")


def test_what_a_gate_held_back_was_not_sent_when_the_session_ends() -> None:
    requests, caller = ready(), Caller()
    kind = RequestKind(1000, gate=Gate(300))
    requests.ask(kind, call(1), caller.then(), 0)
    requests.ask(kind, call(2), caller.then(), 1)
    requests.lost("reset by peer", 2)
    assert caller.codes() == ["tws.lost", "tws.disconnected"]
    assert (requests.next_due(), requests.due(10_000)) == (None, [])


class RequestsMachine(RuleBasedStateMachine):
    """Random questions, answers, errors, sessions and pauses."""

    @initialize()
    def start(self) -> None:
        self.requests = ready()
        self.caller = Caller()
        self.gated = RequestKind(1000, gate=Gate(400))
        self.req_ids: list[int] = []
        self.now = 0

    def perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, CallTws):
                assert isinstance(effect.call, ReqContractDetails)
                self.req_ids.append(effect.call.req_id)

    def pick(self, number: int) -> int:
        return self.req_ids[-1 - number % len(self.req_ids)] if self.req_ids else ID

    @rule(con_id=st.integers(0, 6))
    def ask(self, con_id: int) -> None:
        kind = self.gated if con_id > 3 else KIND
        self.perform(self.requests.ask(kind, call(con_id), self.caller.then(), self.now))

    @rule(number=st.integers(0, 8))
    def row(self, number: int) -> None:
        self.requests.row(row(self.pick(number)), self.now)

    @rule(number=st.integers(0, 8))
    def end(self, number: int) -> None:
        self.perform(self.requests.end(ContractDetailsEnd(self.pick(number)), self.now))

    @rule(number=st.integers(0, 8), code=st.sampled_from([200, 2174]))
    def error(self, number: int, code: int) -> None:
        self.perform(self.requests.error(TwsErrorReceived(self.pick(number), code, ""), self.now) or [])

    @rule(pause=st.integers(1, 700))
    def wait(self, pause: int) -> None:
        self.now += pause
        self.perform(self.requests.due(self.now))

    @rule()
    def ready(self) -> None:
        self.requests.ready(self.now)

    @rule()
    def lost(self) -> None:
        self.perform(self.requests.lost("gone", self.now))

    @invariant()
    def nothing_is_overdue(self) -> None:
        due = self.requests.next_due()
        assert due is None or due > self.now

    @invariant()
    def nobody_is_answered_twice(self) -> None:
        assert not Counter(number for number, _ in self.caller.outcomes) - Counter(range(self.caller.asked))

    def teardown(self) -> None:
        """Time answers whoever is left."""
        while (due := self.requests.next_due()) is not None:
            self.requests.due(due)
        assert sorted(number for number, _ in self.caller.outcomes) == list(range(self.caller.asked))


TestRequests = RequestsMachine.TestCase
TestRequests.settings = settings(max_examples=60, stateful_step_count=40)
