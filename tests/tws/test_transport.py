from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import pytest

from tests.tws.peers import Peer, exactly, until_closed
from tests.waiting import PATIENCE
from twsbridge_server.tws import lookup, transport
from twsbridge_server.tws.transport import MAX_WAITING, Phase, Transport

HOST = "127.0.0.1"


def wait(condition: Callable[[], object]) -> None:
    """Turn until the condition holds."""
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up


def connected(port: int, host: str = HOST) -> Transport:
    made = Transport(host, port)
    wait(made.advance)
    return made


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize("host", [HOST, "localhost"])
def test_connects_to_an_address_and_to_a_name(host: str) -> None:
    with Peer(until_closed) as peer:
        made = connected(peer.port, host)
        assert made.phase is Phase.CONNECTED
        assert made.fileno() is not None
        made.end("enough")


def test_the_options_of_the_socket() -> None:
    with Peer(until_closed) as peer:
        made = connected(peer.port)
        inner = made._socket
        assert inner is not None
        assert inner.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert inner.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert not inner.getblocking()
        made.end("enough")


@pytest.mark.parametrize("host", [HOST, "localhost"])
def test_refused(host: str) -> None:
    made = Transport(host, free_port())
    wait(lambda: made.advance() or made.phase is Phase.ENDED)
    assert "Nothing listens at" in made.fault
    assert not made.was_connected
    assert made.fileno() is None


def test_a_host_without_address() -> None:
    made = Transport("no-such-host.invalid", 7497)
    assert made.phase is Phase.LOOKING_UP
    assert made.fileno() is not None
    wait(lambda: made.advance() or made.phase is Phase.ENDED)
    assert "'no-such-host.invalid' has no address" in made.fault


def test_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with Peer(until_closed) as peer:
        addresses = [(socket.AF_INET, (HOST, free_port())), (socket.AF_INET, (HOST, peer.port))]
        monkeypatch.setattr(lookup, "_addresses", lambda *_: list(addresses))
        monkeypatch.setattr(transport, "numeric_addresses", lambda *_: [])
        connected(peer.port, "tws").end("enough")


def test_no_route(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_begin", lambda address: (socket.socket(), 113))
    made = Transport("192.0.2.1", 7497)
    assert made.phase is Phase.ENDED
    assert "cannot be reached (No route to host)" in made.fault


def test_an_end_while_the_name_is_looked_up() -> None:
    made = Transport("localhost", 7497)
    made.end("enough")
    assert made.fileno() is None
    assert not made.advance()


def test_a_large_message_reaches_a_slow_reader_whole() -> None:
    message = bytes(range(256)) * (3 << 12)
    got: list[bytes] = []
    asked = threading.Event()

    def slow(accepted: socket.socket) -> None:
        assert asked.wait(PATIENCE)
        got.append(exactly(accepted, len(message) + 3))

    with Peer(slow, receive_buffer=4096) as peer:
        made = connected(peer.port)
        assert made._socket is not None
        made._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        made.send(message)
        assert made.wants_write, "3 MB cannot fit into the socket's buffer"
        made.send(b"end")
        asked.set()
        while made.wants_write:
            made.flush()
        peer.finished.wait(PATIENCE)
        made.end("enough")
    assert got == [message + b"end"]


def test_a_tws_that_does_not_read_is_lost_after_16_mb() -> None:
    over = threading.Event()
    with Peer(lambda accepted: over.wait(PATIENCE), receive_buffer=4096) as peer:
        made = connected(peer.port)
        for _ in range(40):
            made.send(bytes(1 << 20))
        assert made.has_failed
        assert not made.wants_write
        assert made.read() == b""
        assert made.phase is Phase.ENDED
        assert "TWS has stopped reading" in made.fault
        over.set()
    assert MAX_WAITING == 16 * 1024 * 1024


def test_nothing_is_sent_before_the_connection_is_made() -> None:
    with Peer(until_closed) as peer:
        made = Transport(HOST, peer.port)
        made.send(b"too early")
        assert not made._waiting
        wait(made.advance)
        made.end("enough")


def test_an_end_by_the_far_side_comes_after_its_last_bytes() -> None:
    with Peer(lambda accepted: accepted.sendall(b"last words")) as peer:
        made = connected(peer.port)
        got: list[bytes] = []
        wait(lambda: got.append(made.read()) or made.phase is Phase.ENDED)
        assert b"".join(got) == b"last words"
        assert made.fault == "it was closed by TWS"


def test_a_reset_is_an_end_with_its_reason() -> None:
    def reset(accepted: socket.socket) -> None:
        accepted.recv(1)  # not before the connection is made at this end too: a reset would fail its making
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with Peer(reset) as peer:
        made = connected(peer.port)
        made.send(b"x")
        wait(lambda: made.read() == b"" and made.phase is Phase.ENDED)
        assert made.fault == "Connection reset by peer"


def test_words_that_came_before_a_failed_send_can_be_read() -> None:
    with Peer(lambda accepted: accepted.sendall(b"a fill")) as peer:
        made = connected(peer.port)
        peer.finished.wait(PATIENCE)
        while not made.has_failed:
            made.send(b"x")
        assert made.read() == b"a fill"
        wait(lambda: made.read() == b"" and made.phase is Phase.ENDED)
        assert made.fault


def test_an_end_tells_the_far_side() -> None:
    with Peer(assert_closed) as peer:
        connected(peer.port).end("enough")


def assert_closed(accepted: socket.socket) -> None:
    assert accepted.recv(1) == b""
