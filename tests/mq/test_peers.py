import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import zmq

from twsbridge_server.mq.peers import FLOOD_SECONDS, FLOOD_SUBSCRIPTIONS, Peers, key_of


class Frame:
    """What `Peers` asks of a message: who sent it, and over which socket."""

    def __init__(self, name: str | None, number: int) -> None:
        self._told = {"User-Id": name, zmq.SRCFD: number}

    def get(self, option: int | str) -> int | str | bytes:
        value = self._told[option]
        if value is None:
            raise zmq.ZMQError(zmq.EINVAL)
        return value


@contextmanager
def connection() -> Iterator[tuple[socket.socket, socket.socket, int]]:
    """An accepted connection, its other end, and the port it was made to."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as far, listener.accept()[0] as near:
            far.settimeout(5)
            yield near, far, port


def test_the_connections_of_a_client_are_cut() -> None:
    with connection() as (near, far, port):
        peers = Peers({port})
        assert peers.note(Frame("alice", near.fileno())) == "alice"
        assert peers.cut({"bob"}) == 0
        assert peers.cut({"alice"}) == 1
        assert far.recv(1) == b""
        assert peers.cut({"alice"}) == 0


def test_a_number_that_has_passed_to_something_else_is_left_alone() -> None:
    with connection() as (near, far, port):
        peers = Peers({port + 1})
        peers.note(Frame("alice", near.fileno()))
        assert peers.cut({"alice"}) == 0
        near.send(b"x")
        assert far.recv(1) == b"x"


def test_a_number_that_is_no_socket_or_nothing_is_left_alone() -> None:
    reading, writing = os.pipe()
    peers = Peers({1})
    peers.note(Frame("alice", reading))
    peers.note(Frame("alice", 9_999))
    assert peers.cut({"alice"}) == 0
    os.write(writing, b"x")
    assert os.read(reading, 1) == b"x"
    os.close(reading)
    os.close(writing)


def test_a_number_belongs_to_who_used_it_last() -> None:
    with connection() as (near, _, port):
        peers = Peers({port})
        peers.note(Frame("alice", near.fileno()))
        peers.note(Frame("bob", near.fileno()))
        assert peers.cut({"alice"}) == 0
        assert peers.cut({"bob"}) == 1


def test_the_farewell_of_a_dead_peer_has_no_sender() -> None:
    assert key_of(Frame(None, 3)) == ""
    assert Peers(set()).note(Frame(None, 3)) == ""


def test_a_flood_is_too_many_in_one_window() -> None:
    now = 0.0
    with connection() as (near, far, port):
        peers = Peers({port}, clock=lambda: now)
        frame = Frame("alice", near.fileno())
        for _ in range(2):
            assert not any(peers.floods(frame) for _ in range(FLOOD_SUBSCRIPTIONS))
            now += FLOOD_SECONDS
        assert not any(peers.floods(frame) for _ in range(FLOOD_SUBSCRIPTIONS))
        assert peers.floods(frame)
        assert far.recv(1) == b""
        assert peers.floods(frame)
