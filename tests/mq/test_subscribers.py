from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from twsbridge_server.mq.connections import Connection, Connections
from twsbridge_server.mq.subscribers import Subscribers

T = "md|1@SMART|"


class Room:
    """Connections of clients with the names of the socket numbers, and what they are subscribed to."""

    def __init__(self, *sockets: int) -> None:
        self.connections = Connections()
        self.subscribers = Subscribers(self.connections.is_over)
        self.made = [self.joined(socket) for socket in sockets]

    def joined(self, socket: int) -> Connection:
        connection = Connection(socket, self.connections.let_in())
        assert self.subscribers.join(T, connection, f"client {socket}")
        return connection


def test_those_who_remain_are_named() -> None:
    room = Room(1, 2)
    assert room.subscribers.leave(T, room.made[0]) == ("client 2",)
    assert room.subscribers.leave(T, room.made[1]) == ()


def test_a_connection_counts_once_and_leaves_once() -> None:
    room = Room(1)
    assert not room.subscribers.join(T, room.made[0], "client 1")
    assert room.subscribers.leave(T, Connection(7, 7)) is None
    assert room.subscribers.leave(T, room.made[0]) == () and room.subscribers.leave(T, room.made[0]) is None


def test_a_farewell_without_a_sender_is_that_of_the_dead() -> None:
    room = Room(1, 2, 3)
    room.connections.ended(2)
    assert room.subscribers.leave(T, None) == ("client 1", "client 3")
    assert room.subscribers.leave(T, None) is None


def test_the_number_of_a_dead_connection_may_come_again() -> None:
    room = Room(1)
    room.connections.ended(1)
    second = room.joined(1)
    assert room.subscribers.leave(T, None) == ("client 1",) and room.subscribers.leave(T, None) is None
    assert room.subscribers.leave(T, second) == ()


def test_a_farewell_that_was_sent_before_the_death_counts() -> None:
    room = Room(1, 2)
    room.connections.ended(1)
    assert room.subscribers.leave(T, room.made[0]) == ("client 2",)


def test_the_farewell_of_one_who_was_refused_is_nobody_elses() -> None:
    room = Room(1)
    stranger = Connection(2, room.connections.let_in())
    room.subscribers.refuse(T, stranger, "stranger")
    room.connections.ended(2)
    assert room.subscribers.leave(T, None) is None
    assert room.subscribers.leave(T, room.made[0]) == ()


def test_one_who_was_refused_may_be_let_in_later() -> None:
    room = Room(1)
    later = Connection(2, room.connections.let_in())
    room.subscribers.refuse(T, later, "later")
    assert room.subscribers.join(T, later, "later")
    assert room.subscribers.leave(T, later) == ("client 1",) and room.subscribers.leave(T, later) is None


class World:
    """Connections as libzmq has them: each is read in its own order; its end is heard any time before its farewell."""

    def __init__(self) -> None:
        self.connections = Connections()
        self.subscribers = Subscribers(self.connections.is_over)
        self.live: dict[int, Connection] = {}
        self.counted: set[Connection] = set()
        self.asked: set[Connection] = set()
        self.unread: dict[Connection, deque[str]] = {}
        self.unheard: deque[int] = deque()

    def hear(self) -> None:
        while self.unheard:
            self.connections.ended(self.unheard.popleft())

    def connect(self, socket: int) -> None:
        if socket not in self.live:
            self.hear()
            self.live[socket] = Connection(socket, self.connections.let_in())

    def say(self, socket: int, what: str) -> None:
        if socket in self.live:
            self.unread.setdefault(self.live[socket], deque()).append(what)

    def die(self, socket: int) -> None:
        if connection := self.live.pop(socket, None):
            self.unheard.append(socket)
            self.unread.setdefault(connection, deque()).append("dead")

    def read(self, choice: int) -> None:
        waiting = [each for each in self.unread if self.unread[each]]
        if not waiting:
            return
        connection = waiting[choice % len(waiting)]
        what = self.unread[connection].popleft()
        if what == "join":
            if self.subscribers.join(T, connection, ""):
                self.counted.add(connection)
            self.asked.add(connection)
        elif what == "refuse":
            self.subscribers.refuse(T, connection, "")
            self.asked.add(connection)
        elif what == "leave":
            self.left(self.subscribers.leave(T, connection), connection)
        elif connection in self.asked:
            self.hear()
            self.left(self.subscribers.leave(T, None), connection)

    def left(self, remain: tuple[str, ...] | None, connection: Connection) -> None:
        assert (remain is None) == (connection not in self.counted)
        self.counted.discard(connection)
        self.asked.discard(connection)
        assert remain is None or len(remain) == len(self.counted)


SOCKETS = st.integers(1, 3)
STEPS = st.one_of(
    st.tuples(st.just("connect"), SOCKETS),
    st.tuples(st.sampled_from(["join", "refuse", "leave"]), SOCKETS),
    st.tuples(st.just("die"), SOCKETS),
    st.tuples(st.just("read"), st.integers(0, 5)),
    st.tuples(st.just("hear"), st.just(0)),
)


@given(st.lists(STEPS, max_size=60))
def test_the_count_is_right_in_whatever_order_libzmq_tells(steps: list[tuple[str, int]]) -> None:
    world = World()
    for name, number in steps:
        match name:
            case "connect" | "die" | "read":
                getattr(world, name)(number)
            case "hear":
                world.hear()
            case _:
                world.say(number, name)
    for _ in range(len(steps)):
        world.read(0)
