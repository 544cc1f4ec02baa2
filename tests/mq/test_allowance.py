import pytest

from twsbridge.protocol.commands import COMMANDS
from twsbridge_server.mq.allowance import (
    BURST_S,
    CONNECTIONS_OF_A_KEY,
    LONGEST_QUESTION_S,
    MOST_IDLE,
    OPEN_QUESTIONS,
    PASSES,
    Allowance,
    is_question,
)

RATE = 50
BURST = int(RATE * BURST_S)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def allowance(clock: Clock) -> Allowance:
    return Allowance(RATE, clock)


def passed(allowance: Allowance, route: bytes, command: str, count: int, key: str = "k") -> int:
    return sum(allowance.refusal(route, key, command) is None for _ in range(count))


def test_a_burst_then_so_many_a_second(allowance: Allowance, clock: Clock) -> None:
    assert passed(allowance, b"a", "hello", 1_000) == BURST
    error = allowance.refusal(b"a", "k", "hello")
    assert error and (error.code, error.outcome, error.retry) == ("req.rate", "rejected", "after:21")
    for _ in range(5):
        clock.now += 1.0
        assert passed(allowance, b"a", "order.place", 1_000) == RATE


def test_a_client_that_asks_too_much_still_shows_that_it_lives(allowance: Allowance) -> None:
    assert passed(allowance, b"a", "hello", 1_000) == BURST
    assert passed(allowance, b"a", "ping", 1_000) == BURST


def test_cancels_always_pass_and_cost_nothing(allowance: Allowance) -> None:
    assert PASSES == {"order.cancel", "order.cancel_all", "bye"}
    for command in PASSES:
        assert passed(allowance, b"a", command, 1_000) == 1_000
    assert passed(allowance, b"a", "ping", 1_000) == BURST
    assert passed(allowance, b"a", "order.cancel", 1_000) == 1_000


def test_connections_have_allowances_of_their_own_within_that_of_their_key(allowance: Allowance) -> None:
    assert passed(allowance, b"a", "ping", 1_000) == BURST
    assert passed(allowance, b"b", "ping", 1_000) == BURST
    others = sum(passed(allowance, bytes([number]), "ping", 1_000) for number in range(20))
    assert others == BURST * (CONNECTIONS_OF_A_KEY - 2)
    assert passed(allowance, b"z", "ping", 1, key="another") == 1


def test_so_many_questions_may_be_open_and_orders_never_wait_for_them(allowance: Allowance) -> None:
    assert passed(allowance, b"a", "history.bars", 50) == OPEN_QUESTIONS
    error = allowance.refusal(b"a", "k", "history.bars")
    assert error and error.code == "req.inflight"
    assert passed(allowance, b"a", "order.place", 20) == 20
    assert passed(allowance, b"a", "hello", 1) == passed(allowance, b"a", "ping", 1) == 1
    allowance.answered(b"a", "order.place")
    assert passed(allowance, b"a", "status", 1) == 0
    allowance.answered(b"a", "history.bars")
    assert passed(allowance, b"a", "status", 2) == 1


def test_a_question_that_was_forgotten_shuts_nobody_out_for_good(allowance: Allowance, clock: Clock) -> None:
    assert passed(allowance, b"a", "status", 50) == OPEN_QUESTIONS
    clock.now += LONGEST_QUESTION_S + 1
    assert passed(allowance, b"a", "status", 50) == OPEN_QUESTIONS


def test_connections_that_are_gone_are_forgotten(allowance: Allowance, clock: Clock) -> None:
    for number in range(5 * MOST_IDLE):
        allowance.refusal(number.to_bytes(4, "big"), "k", "order.place")
        clock.now += 1
    assert len(allowance._budgets) <= MOST_IDLE + 1
    allowance.answered(b"never seen", "status")


def test_every_command_is_of_some_kind() -> None:
    questions = {name for name in COMMANDS if is_question(name)}
    assert {"history.bars", "contract.details", "status", "replay"} <= questions
    assert not questions & {"hello", "ping", "bye", "order.place", "order.cancel"}
