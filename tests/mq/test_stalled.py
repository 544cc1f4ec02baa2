import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from twsbridge_server.mq.stalled import LOOK_S, PATIENCE_S, Stalled


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Pair:
    """A connection with as much on its way as the kernel takes."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self.near, self.far = near, far
        self.fill()

    def fill(self) -> None:
        self.near.setblocking(False)
        with suppress(BlockingIOError):
            while self.near.send(b"x" * 100_000):
                pass

    def read(self) -> None:
        self.far.recv(1 << 22)


@pytest.fixture
def pair() -> Iterator[Pair]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with socket.create_connection(listener.getsockname()) as far, listener.accept()[0] as near:
            yield Pair(near, far)


def test_one_that_takes_nothing_stalls_after_a_while(pair: Pair) -> None:
    clock = Clock()
    stalled, number = Stalled(clock), pair.near.fileno()
    while clock.now < PATIENCE_S:
        assert stalled.look([number]) == []
        clock.now += LOOK_S
    assert stalled.look([number]) == [number]
    assert stalled.look([number]) == [], "it looks now and then only"


def test_one_that_reads_slowly_does_not(pair: Pair) -> None:
    clock = Clock()
    stalled, number = Stalled(clock), pair.near.fileno()
    while clock.now < 3 * PATIENCE_S:
        assert stalled.look([number]) == []
        clock.now += LOOK_S
        pair.read()
        pair.fill()


def test_one_to_whom_nothing_is_sent_does_not() -> None:
    clock = Clock()
    stalled = Stalled(clock)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as near:
            while clock.now < 3 * PATIENCE_S:
                assert stalled.look([near.fileno()]) == []
                clock.now += LOOK_S
