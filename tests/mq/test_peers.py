import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import zmq

from twsbridge_server.mq.peers import Peers, key_of
from twsbridge_server.mq.strikes import MALFORMED, Strikes


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
        peers = Peers({port}, Strikes())
        assert peers.note(Frame("alice", near.fileno())) == "alice"
        assert peers.cut({"bob"}) == 0
        assert peers.cut({"alice"}) == 1
        assert far.recv(1) == b""
        assert peers.cut({"alice"}) == 0


def test_a_number_that_has_passed_to_something_else_is_left_alone() -> None:
    with connection() as (near, far, port):
        peers = Peers({port + 1}, Strikes())
        peers.note(Frame("alice", near.fileno()))
        assert peers.cut({"alice"}) == 0
        near.send(b"x")
        assert far.recv(1) == b"x"


def test_a_number_that_is_no_socket_or_nothing_is_left_alone() -> None:
    reading, writing = os.pipe()
    peers = Peers({1}, Strikes())
    peers.note(Frame("alice", reading))
    peers.note(Frame("alice", 9_999))
    assert peers.cut({"alice"}) == 0
    os.write(writing, b"x")
    assert os.read(reading, 1) == b"x"
    os.close(reading)
    os.close(writing)


def test_a_number_belongs_to_who_used_it_last() -> None:
    with connection() as (near, _, port):
        peers = Peers({port}, Strikes())
        peers.note(Frame("alice", near.fileno()))
        peers.note(Frame("bob", near.fileno()))
        assert peers.cut({"alice"}) == 0
        assert peers.cut({"bob"}) == 1


def test_the_farewell_of_a_dead_peer_has_no_sender() -> None:
    assert key_of(Frame(None, 3)) == ""
    assert Peers(set(), Strikes()).note(Frame(None, 3)) == ""


def test_the_strike_that_is_too_many_cuts_the_connection(caplog: pytest.LogCaptureFixture) -> None:
    with connection() as (near, far, port):
        strikes = Strikes()
        peers = Peers({port}, strikes)
        frame = Frame("alices-key", near.fileno())
        assert [peers.strike(frame, "alice", MALFORMED) for _ in range(MALFORMED.limit + 1)] == [
            *[False] * (MALFORMED.limit - 1), True, True,
        ]  # fmt: skip
        assert far.recv(1) == b"" and strikes.is_banned("alices-key")
        assert [record.getMessage() for record in caplog.records] == [
            "Client 'alice' was cut off and is banned for 60 s: it sends what no client may send."
        ]


def test_the_farewell_of_a_dead_peer_is_no_offence() -> None:
    peers = Peers(set(), Strikes())
    assert not any(peers.strike(Frame(None, 3), "alice", MALFORMED) for _ in range(50))
