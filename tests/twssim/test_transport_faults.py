"""What a client sees on a real socket when the network or the process of TWS fails."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

import twssim
from tests.twssim.test_server import HELLO, Peer
from tests.waiting import PATIENCE, eventually
from twssim.stage import FaultRefused
from twssim.wire import message

TIME = message(49, 1)


@pytest.fixture
def tws() -> Iterator[twssim.SimulatedTws]:
    with twssim.run() as running:
        yield running


def content(peer: Peer) -> bytes:
    """Everything until the end of the stream."""
    read = b""
    while more := peer.socket.recv(65536):
        read += more
    return read


def silent(peer: Peer) -> bool:
    """Whether nothing comes for a while."""
    peer.socket.settimeout(0.2)
    try:
        return peer.socket.recv(1) == b"unexpected"
    except TimeoutError:
        return True
    finally:
        peer.socket.settimeout(PATIENCE)


def listening(tws: twssim.SimulatedTws) -> bool:
    try:
        socket.create_connection(("127.0.0.1", tws.port), PATIENCE).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.mark.parametrize("after", [0, 1, 4, 17])
def test_cut_at_a_byte_of_the_handshake(tws: twssim.SimulatedTws, after: int) -> None:
    tws.faults.apply("cut", after=after, new_connections=True)
    with closing(Peer(tws.port)) as peer:
        if after:
            peer.send(HELLO)
        assert len(content(peer)) == after
    tws.faults.clear("cut")
    with closing(Peer(tws.port)) as peer:
        peer.start()


def test_cut_of_one_client_now(tws: twssim.SimulatedTws) -> None:
    with closing(Peer(tws.port)) as first, closing(Peer(tws.port)) as second:
        first.start(1)
        second.start(2)
        tws.faults.apply("cut", client_id=2)
        assert content(second) is not None
        first.send(TIME)
        assert first.until("49")
    with closing(Peer(tws.port)) as again:
        again.start(2)


def test_cut_after_bytes_of_a_request_have_come_in(tws: twssim.SimulatedTws) -> None:
    with closing(Peer(tws.port)) as peer:
        peer.start()
        tws.faults.apply("cut", direction="in", after=len(TIME) + 1)
        peer.send(TIME, TIME)
        peer.until("49")
        assert peer.ended()
    times = [record for record in tws.ledger.of("request") if record["name"] == "RequestCurrentTime"]
    assert len(times) == 1


def test_reset_breaks_the_stream(tws: twssim.SimulatedTws) -> None:
    with closing(Peer(tws.port)) as peer:
        peer.start()
        tws.faults.apply("reset")
        with pytest.raises(ConnectionResetError):
            content(peer)


@pytest.mark.parametrize("direction", ["in", "out", "both"])
def test_a_stalled_stream_goes_on_later(tws: twssim.SimulatedTws, direction: str) -> None:
    with closing(Peer(tws.port)) as peer:
        peer.start()
        peer.send(TIME)
        peer.until("49")
        peer.until("4")
        tws.wait_for(lambda gateway: gateway.scheduler.next_due() is None)
        peer.socket.settimeout(0.05)
        try:
            peer.socket.recv(65536)
        except TimeoutError:
            peer.socket.settimeout(PATIENCE)
        tws.faults.apply("stall", direction=direction)
        peer.send(TIME)
        assert silent(peer)
        tws.faults.clear("stall")
        assert peer.until("49")


def test_every_boundary_is_followed_by_silence(tws: twssim.SimulatedTws) -> None:
    tws.faults.apply("rechunk", size=7, silence=0.01)
    with closing(Peer(tws.port)) as peer:
        peer.send(HELLO)
        sizes = []
        while sum(sizes) < 30:
            sizes.append(len(peer.socket.recv(65536)))
        assert sizes[:4] == [7, 7, 7, 7]
        tws.faults.clear("rechunk")
        peer.send(message(71, 2, 1, ""))
        eventually(lambda: tws.call(lambda gateway: gateway.sessions[0].started))


def test_a_wedged_tws_accepts_and_never_answers(tws: twssim.SimulatedTws) -> None:
    tws.faults.apply("wedge")
    with closing(Peer(tws.port)) as peer:
        peer.send(HELLO, message(71, 2, 1, ""))
        assert silent(peer)
        tws.faults.clear("wedge")
        assert peer.until("9")


def test_refused_connections_and_welcome_ones(tws: twssim.SimulatedTws) -> None:
    with closing(Peer(tws.port)) as peer:
        peer.start()
        tws.faults.apply("refuse")
        eventually(lambda: not listening(tws))
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind((tws.host, tws.port))
        peer.send(TIME)
        assert peer.until("49")
    tws.faults.clear("refuse")
    eventually(lambda: listening(tws))


def test_a_restart_with_another_version() -> None:
    with twssim.run(server_version=200, speed=10.0) as tws, closing(Peer(tws.port)) as peer:
        peer.start()
        tws.faults.apply("restart", seconds=5.0, server_version=176)
        assert peer.ended()
        eventually(lambda: not listening(tws) or tws.faults.active == ())
        eventually(lambda: listening(tws))
        with closing(Peer(tws.port)) as again:
            again.send(HELLO)
            assert again.until("176")
    states = [record["state"] for record in tws.ledger.of("fault")]
    assert states == ["on", "off"]


@pytest.mark.parametrize(
    ("action", "arguments", "complaint"),
    [
        ("cut", {"direction": "up"}, "direction must be one of"),
        ("cut", {"after": -1}, "negative"),
        ("rechunk", {"size": 0}, "at least 1"),
        ("restart", {"server_version": 9}, "not supported"),
    ],
)
def test_what_cannot_be_is_refused(
    tws: twssim.SimulatedTws, action: str, arguments: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(FaultRefused, match=complaint):
        tws.faults.apply(action, **arguments)
    assert not tws.ledger.of("fault")
