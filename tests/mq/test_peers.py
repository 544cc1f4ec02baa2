import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import zmq

from tests.waiting import PATIENCE
from twsbridge_server.mq import tcp
from twsbridge_server.mq.peers import MOST_LOOKED_AT, MOST_OF_A_KEY, Peers, key_of
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
            far.settimeout(PATIENCE)
            yield near, far, port


def peers_of(port: int, strikes: Strikes | None = None) -> Peers:
    peers = Peers(strikes or Strikes())
    peers.ports.add(port)
    return peers


def test_the_connections_of_a_client_are_cut() -> None:
    with connection() as (near, far, port):
        peers = peers_of(port)
        assert peers.note(Frame("alice", near.fileno())) == "alice"
        assert peers.cut({"bob"}) == 0
        assert peers.cut({"alice"}) == 1
        assert far.recv(1) == b""
        assert peers.cut({"alice"}) == 0


def test_a_number_that_has_passed_to_something_else_is_left_alone() -> None:
    with connection() as (near, far, port):
        peers = peers_of(port + 1)
        peers.note(Frame("alice", near.fileno()))
        assert peers.cut({"alice"}) == 0
        near.send(b"x")
        assert far.recv(1) == b"x"


def test_a_number_that_is_no_socket_or_nothing_is_left_alone() -> None:
    reading, writing = os.pipe()
    peers = peers_of(1)
    peers.note(Frame("alice", reading))
    peers.note(Frame("alice", 9_999))
    assert peers.cut({"alice"}) == 0
    os.write(writing, b"x")
    assert os.read(reading, 1) == b"x"
    os.close(reading)
    os.close(writing)


def test_a_number_belongs_to_who_used_it_last() -> None:
    with connection() as (near, _, port):
        peers = peers_of(port)
        peers.note(Frame("alice", near.fileno()))
        peers.note(Frame("bob", near.fileno()))
        assert peers.cut({"alice"}) == 0
        assert peers.cut({"bob"}) == 1


def test_the_farewell_of_a_dead_peer_has_no_sender() -> None:
    assert key_of(Frame(None, 3)) == ""
    assert Peers(Strikes()).note(Frame(None, 3)) == ""


def test_the_strike_that_is_too_many_cuts_the_connection(caplog: pytest.LogCaptureFixture) -> None:
    with connection() as (near, far, port):
        strikes = Strikes()
        peers = peers_of(port, strikes)
        frame = Frame("alices-key", near.fileno())
        assert [peers.strike(frame, "alice", MALFORMED) for _ in range(MALFORMED.limit + 1)] == [
            *[False] * (MALFORMED.limit - 1), True, True,
        ]  # fmt: skip
        assert far.recv(1) == b"" and strikes.is_banned("alices-key")
        assert [record.getMessage() for record in caplog.records] == [
            "Client 'alice' was cut off and is banned for 60 s: it sends what no client may send."
        ]


def test_the_farewell_of_a_dead_peer_is_no_offence() -> None:
    peers = Peers(Strikes())
    assert not any(peers.strike(Frame(None, 3), "alice", MALFORMED) for _ in range(50))


def test_a_key_has_room_for_so_many_connections() -> None:
    peers = Peers(Strikes())
    for number in range(10_000, 10_000 + MOST_OF_A_KEY):
        assert peers.has_room("alice")
        peers.accepted(number, "md", 0)
        peers.admitted("md", "alice")
        peers.note(Frame("alice", number))
    assert not peers.has_room("alice") and peers.has_room("bob")
    peers.ended(10_000)
    assert peers.has_room("alice")


def test_those_that_say_nothing_are_counted_until_they_are_gone() -> None:
    peers = Peers(Strikes())
    for number in (10_000, 10_001):
        peers.accepted(number, "md", 0)
    for _ in range(MOST_OF_A_KEY):
        peers.admitted("md", "alice")
    assert not peers.has_room("alice")
    for number in (10_000, 10_001):
        peers.ended(number)
    assert peers.has_room("alice")


def test_whoever_may_have_sent_an_endless_message_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    peers = Peers(Strikes())
    for number in (10_000, 10_001, 10_002):
        peers.accepted(number, "evt", 0)
    for key in ("alice", "bob", "bob"):
        peers.admitted("evt", key)
    peers.note(Frame("bob", 10_000))
    monkeypatch.setattr(peers.intake, "take_caught", lambda: [10_000, 10_001])
    assert peers.take_endless() == [{"bob"}, {"alice", "bob"}]


def test_in_a_crowd_nobody_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look at everybody for everybody who comes would take seconds for some thousands."""
    looks: list[int] = []
    monkeypatch.setattr(tcp, "bytes_of", looks.append)
    peers = Peers(Strikes())
    for number in range(10_000, 10_000 + MOST_LOOKED_AT):
        peers.accepted(number, "cmd", 0)
    peers.admitted("cmd", "alice")
    assert len(looks) == MOST_LOOKED_AT
    peers.accepted(20_000, "cmd", 0)
    peers.admitted("cmd", "alice")
    assert len(looks) == MOST_LOOKED_AT
