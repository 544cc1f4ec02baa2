from __future__ import annotations

from queue import SimpleQueue

from tests.client.test_courier import welcome
from twsbridge.errors import AuthError, Unreachable, refused
from twsbridge.greeters import Greeter, Greeters

ENDPOINT = "tcp://127.0.0.1:7600"


def waiting(greeters: Greeters) -> Greeter:
    greeter: Greeter = SimpleQueue()
    greeters.add(greeter)
    return greeter


def test_everybody_is_told_once() -> None:
    greeters = Greeters(0.0)
    one, two = waiting(greeters), waiting(greeters)
    greeters.tell(refused(ENDPOINT))
    greeters.tell(welcome("s1", 0))
    for greeter in (one, two):
        assert isinstance(greeter.get_nowait(), AuthError) and greeter.empty()


def test_failures_are_told_after_a_second_of_them() -> None:
    greeters = Greeters(5.0)
    greeter = waiting(greeters)
    for now in (5.1, 5.3, 5.9):
        greeters.failed("nothing listens there", ENDPOINT, now)
    assert greeter.empty()
    greeters.failed("nothing listens there", ENDPOINT, 6.0)
    error = greeter.get_nowait()
    assert isinstance(error, Unreachable) and "nothing listens there" in str(error) and ENDPOINT in str(error)


def test_after_a_welcome_the_second_begins_anew() -> None:
    greeters = Greeters(0.0)
    greeters.tell(welcome("s1", 0))
    greeter = waiting(greeters)
    for now in (100.0, 100.3, 100.7):
        greeters.failed("gone", ENDPOINT, now)
    assert greeter.empty()
    greeters.failed("gone", ENDPOINT, 101.5)
    assert not greeter.empty()


def test_a_handshake_that_takes_too_long_once_proves_nothing() -> None:
    """The bridge or the machine may have been busy: it is tried again before anybody is told."""
    greeters = Greeters(0.0)
    greeter = waiting(greeters)
    greeters.failed("the handshake fails", ENDPOINT, 2.1)
    greeters.failed("the handshake fails", ENDPOINT, 4.3)
    assert greeter.empty()
    greeters.failed("the handshake fails", ENDPOINT, 6.6)
    assert not greeter.empty()
