import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.waiting import eventually
from twsbridge_server.mq import intake as module
from twsbridge_server.mq.intake import BEATS_PER_SECOND, Intake

LIMIT = 1_000


class Line:
    """A connection to the bridge: what a client sends waits in the kernel, as far as `Intake` can know."""

    def __init__(self, stack: ExitStack, listener: socket.socket) -> None:
        self.far = stack.enter_context(socket.create_connection(listener.getsockname(), timeout=5))
        self.near = stack.enter_context(listener.accept()[0])
        self.number = self.near.fileno()

    def send(self, count: int) -> None:
        self.far.sendall(b"x" * count)
        self.near.recv(count, socket.MSG_WAITALL)

    @property
    def is_cut(self) -> bool:
        self.far.settimeout(0)
        try:
            return self.far.recv(1) == b""
        except BlockingIOError:
            return False


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class World:
    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.clock = Clock()
        self.intake = Intake({self._listener.getsockname()[1]}, self.clock)

    def line(self, limit: int = LIMIT) -> Line:
        line = Line(self._stack, self._listener)
        self.intake.watch(line.number, limit)
        self.intake.look([])
        return line

    def sent(self, line: Line, count: int) -> bool:
        """Is it cut after so many bytes more?"""
        line.send(count)
        self.intake.look([line.number])
        return line.is_cut


@pytest.fixture
def world() -> Iterator[World]:
    with ExitStack() as stack:
        yield World(stack)


def test_what_is_never_read_is_cut_at_the_limit(world: World) -> None:
    line, other = world.line(), world.line()
    assert not world.sent(line, LIMIT)
    assert world.sent(line, 1)
    assert world.intake.take_caught() == [line.number]
    assert world.intake.take_caught() == []
    assert not world.sent(other, LIMIT)


def test_what_is_read_may_go_on_for_ever(world: World) -> None:
    line = world.line()
    for _ in range(10):
        assert not world.sent(line, LIMIT)
        world.intake.heard(line.number)
        world.intake.look([])
    assert world.sent(line, LIMIT + 1)


def test_heartbeats_are_no_message(world: World) -> None:
    line = world.line()
    for _ in range(50):
        world.clock.now += 1.0
        assert not world.sent(line, BEATS_PER_SECOND)


def test_all_together_may_not_have_too_much(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OF_ALL", 2_000)
    lines = [world.line() for _ in range(3)]
    assert [world.sent(line, count) for line, count in zip(lines, (900, 800, 700), strict=True)] == [False] * 3
    assert [line.is_cut for line in lines] == [True, False, False]
    world.intake.heard(lines[1].number)
    assert not world.sent(world.line(), 900)


def test_a_number_that_comes_again_begins_anew(world: World) -> None:
    line = world.line()
    assert not world.sent(line, LIMIT)
    world.intake.ended(line.number)
    world.intake.look([line.number])
    world.intake.watch(line.number, LIMIT)
    assert not world.sent(line, LIMIT)


def test_the_thread_looks_by_itself(world: World) -> None:
    world.intake.start()
    try:
        line = Line(world._stack, world._listener)
        world.intake.watch(line.number, LIMIT)
        eventually(lambda: line.is_cut or line.send(2 * LIMIT), "the connection to be cut")
    finally:
        world.intake.close()
