from __future__ import annotations

from collections.abc import Callable

from twsbridge.protocol.errors import WireError, make_error
from twsbridge_server.core.effects import Effect, Log
from twsbridge_server.core.first_image import FirstImage


class Caller:
    """Keeps the codes of what it was told; "" means that the rows are there."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def then(self, name: str) -> Callable[[WireError | None, int], list[Effect]]:
        def told(error: WireError | None, now: int) -> list[Effect]:
            self.told.append((name, error.code if error else ""))
            return [Log("info", name)]

        return told


def begun() -> FirstImage:
    image = FirstImage("positions", 1000)
    image.begin()
    return image


def test_before_the_image_callers_wait_and_after_it_they_do_not() -> None:
    image, caller = begun(), Caller()
    assert image.ask(caller.then("a"), 0) == image.ask(caller.then("b"), 1) == []
    assert image.complete(2) == [Log("info", "a"), Log("info", "b")]
    assert image.complete(3) == []
    assert image.ask(caller.then("c"), 4) == [Log("info", "c")]
    assert caller.told == [("a", ""), ("b", ""), ("c", "")]


def test_nobody_waits_longer_than_the_deadline() -> None:
    image, caller = begun(), Caller()
    image.ask(caller.then("a"), 0)
    image.ask(caller.then("b"), 500)
    assert (image.next_due(), image.due(999)) == (1000, [])
    assert image.due(1000) == [Log("info", "a")]
    assert image.next_due() == 1500
    image.complete(1200)
    assert caller.told == [("a", "tws.timeout"), ("b", "")]
    assert image.next_due() is None


def test_without_a_session_the_answer_is_immediate() -> None:
    image, caller = FirstImage("positions", 1000), Caller()
    image.ask(caller.then("early"), 0)
    image.begin()
    image.ask(caller.then("waiting"), 1)
    image.lost("reset by peer", 2)
    image.ask(caller.then("late"), 3)
    assert caller.told == [("early", "tws.disconnected"), ("waiting", "tws.lost"), ("late", "tws.disconnected")]


def test_a_new_session_needs_a_new_image() -> None:
    image, caller = begun(), Caller()
    image.complete(1)
    image.lost("gone", 2)
    image.begin()
    assert image.ask(caller.then("a"), 3) == []


def test_a_refused_subscription_is_refused_to_everybody_until_the_image_comes() -> None:
    image, caller = begun(), Caller()
    image.ask(caller.then("a"), 1)
    assert image.failed(make_error("tws.error", "no"), 2) == [Log("info", "a")]
    image.ask(caller.then("b"), 3)
    image.complete(4)
    image.ask(caller.then("c"), 5)
    assert caller.told == [("a", "tws.error"), ("b", "tws.error"), ("c", "")]
