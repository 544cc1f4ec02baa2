from __future__ import annotations

from typing import Any

from twsbridge.protocol.errors import WireError
from twsbridge_server.core.effects import CallTws, Effect
from twsbridge_server.core.inputs import TwsErrorReceived
from twsbridge_server.core.queries.answers import IdlessAnswer
from twsbridge_server.core.queries.finishing import only
from twsbridge_server.core.queries.idless import Idless, Reading
from twsbridge_server.core.queries.questions import FamilyCodes, MarketRule, NewsProviders, UnnumberedQuestion

SECOND = 1_000_000
READING = Reading(10 * SECOND, lambda parts: only(None, parts))


class World:
    """A queue with a session, and what its callers were told."""

    def __init__(self) -> None:
        self.idless = Idless()
        self.idless.ready(0)
        self.told: list[tuple[str, Any]] = []

    def ask(self, name: str, question: UnnumberedQuestion, now: int = 0) -> list[UnnumberedQuestion]:
        def then(outcome: Any, now: int) -> list[Effect]:
            self.told.append((name, outcome.code if isinstance(outcome, WireError) else outcome))
            return []

        return sent(self.idless.ask(question, READING, then, now))

    def answered(self, question: UnnumberedQuestion, now: int = 1) -> list[UnnumberedQuestion]:
        return sent(self.idless.answered(IdlessAnswer(question.subject, (question.subject,)), now))


def sent(effects: list[Effect]) -> list[Any]:
    return [effect.call for effect in effects if isinstance(effect, CallTws)]


def test_one_at_a_time_in_the_order_of_asking() -> None:
    world = World()
    assert world.ask("a", MarketRule(1)) == [MarketRule(1)]
    assert world.ask("b", FamilyCodes()) == world.ask("c", NewsProviders()) == []
    assert world.answered(MarketRule(1)) == [FamilyCodes()]
    assert world.answered(FamilyCodes()) == [NewsProviders()]
    assert world.answered(NewsProviders()) == []
    assert world.told == [("a", "market rule 1"), ("b", "family codes"), ("c", "news providers")]
    assert world.idless.next_due() is None


def test_equal_requests_are_asked_once_and_answered_together() -> None:
    world = World()
    assert [world.ask(name, FamilyCodes()) for name in "abc"] == [[FamilyCodes()], [], []]
    world.answered(FamilyCodes())
    assert [name for name, _ in world.told] == ["a", "b", "c"]
    assert world.ask("d", FamilyCodes()) == [FamilyCodes()]


def test_a_forgotten_answer_lets_the_next_pass_and_still_serves_when_it_comes_late() -> None:
    world = World()
    world.ask("a", FamilyCodes())
    world.ask("b", NewsProviders())
    assert world.idless.next_due() == 10 * SECOND
    assert world.idless.due(10 * SECOND - 1) == []
    assert sent(world.idless.due(10 * SECOND)) == [NewsProviders()]
    assert world.told == [("a", "tws.timeout")]
    world.ask("c", FamilyCodes(), 11 * SECOND)
    assert world.answered(FamilyCodes(), 12 * SECOND) == []
    assert world.told[1:] == [("c", "family codes")]
    assert world.idless.next_due() == 20 * SECOND


def test_what_nobody_waits_for_is_ignored() -> None:
    assert World().answered(FamilyCodes()) == []


def test_an_error_without_an_id_is_that_of_the_request_under_way() -> None:
    world = World()
    error = TwsErrorReceived(-1, 321, "Error validating request.-'bO' : cause - FA data operations ignored")
    assert world.idless.error(error, 0) is None
    world.ask("a", FamilyCodes())
    world.ask("b", NewsProviders())
    assert sent(world.idless.error(error, 1) or []) == [NewsProviders()]
    assert world.told == [("a", "tws.error")]


def test_an_error_that_must_be_about_something_else_is_left_alone() -> None:
    world = World()
    world.ask("a", FamilyCodes())
    strangers: tuple[tuple[int, str], ...] = (
        (2104, "farm is OK"), (1100, "lost"), (2110, "broken"), (321, "The API interface is in Read-Only mode."),
    )  # fmt: skip
    assert [world.idless.error(TwsErrorReceived(-1, *said), 1) for said in strangers] == [None] * 4
    assert world.told == []


def test_an_answer_that_cannot_be_read_is_an_error() -> None:
    world = World()
    world.ask("a", FamilyCodes())
    world.idless.answered(IdlessAnswer(FamilyCodes().subject, ()), 1)
    assert world.told == [("a", "tws.error")]


def test_without_a_session_there_is_no_answer() -> None:
    world = World()
    world.ask("a", FamilyCodes())
    world.ask("b", NewsProviders())
    world.idless.lost("gone", 1)
    assert world.ask("c", FamilyCodes()) == []
    assert world.told == [("a", "tws.lost"), ("b", "tws.lost"), ("c", "tws.disconnected")]
    world.idless.ready(2)
    assert world.ask("d", FamilyCodes()) == [FamilyCodes()]
