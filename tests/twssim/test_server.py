"""Real sockets: what arrives, what is sent, and what happens when a side misbehaves."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import twssim
from tests.waiting import PATIENCE, eventually
from twssim.server import Server
from twssim.settings import Settings
from twssim.wire import Framer, frame, message

HELLO = b"API\0" + frame(b"v100..225")


class Peer:
    """A bare TCP client that reads frames with a deadline."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._framer, self._frames = Framer(), list[list[str]]()

    def send(self, *messages: bytes) -> None:
        self.socket.sendall(b"".join(messages))

    def start(self, client_id: int = 1) -> Peer:
        self.send(HELLO, message(71, 2, client_id, ""))
        self.until("9")
        return self

    def until(self, message_id: str) -> list[str]:
        """The next frame with this message id; earlier ones are dropped."""
        while True:
            while self._frames:
                received = self._frames.pop(0)
                if received[0] == message_id:
                    return received
            content = self.socket.recv(65536)
            assert content, "the simulator closed the connection"
            self._frames += [payload.decode().split("\0") for payload in self._framer.feed(content)]

    def ended(self) -> bool:
        """Whether the simulator closes the connection."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionError:
            pass
        return True

    def close(self) -> None:
        self.socket.close()


@pytest.fixture
def tws() -> Iterator[twssim.SimulatedTws]:
    with twssim.run() as running:
        yield running


def test_a_session_over_a_real_socket(tws: twssim.SimulatedTws) -> None:
    with closing(Peer(tws.port)) as peer:
        peer.start(7)
        assert peer.until("4")[:3] == ["4", "-1", "2104"]
        peer.send(message(49, 1))
        assert peer.until("49")[0] == "49"
        assert peer.until("4")[2] == "2158"


def test_a_message_may_come_byte_by_byte(tws: twssim.SimulatedTws) -> None:
    with closing(Peer(tws.port)) as peer:
        for byte in HELLO + message(71, 2, 1, "") + message(8, 1, -1):
            peer.send(bytes([byte]))
        assert peer.until("9") == peer.until("9")


def test_a_client_id_in_use_gets_its_error_before_the_end(tws: twssim.SimulatedTws) -> None:
    with closing(Peer(tws.port)) as first, closing(Peer(tws.port)) as second:
        first.start(7)
        second.send(HELLO, message(71, 2, 7, ""))
        assert second.until("4")[2] == "326"
        assert second.ended()
        first.send(message(49, 1))
        assert first.until("49")


def test_garbage_is_hung_up_on_and_others_are_served(tws: twssim.SimulatedTws) -> None:
    with closing(Peer(tws.port)) as bad, closing(Peer(tws.port)) as good:
        good.start()
        bad.send(b"GET / HTTP/1.1\r\n\r\n")
        assert bad.ended()
        good.send(message(49, 1))
        assert good.until("49")


def test_the_thirty_third_client_is_hung_up_on(tws: twssim.SimulatedTws) -> None:
    peers = [Peer(tws.port) for _ in range(33)]
    try:
        for number, peer in enumerate(peers[:32]):
            peer.start(number)
        assert peers[32].ended()
    finally:
        for peer in peers:
            peer.close()


def test_dropped_connections_end_and_new_ones_are_welcome(tws: twssim.SimulatedTws) -> None:
    with closing(Peer(tws.port)) as peer:
        peer.start(7)
        tws.drop_connections()
        assert peer.ended()
    tws.wait_for(lambda gateway: not gateway.sessions)
    with closing(Peer(tws.port)) as peer:
        peer.start(7)


def test_a_silent_tws_accepts_and_answers_nothing_until_it_wakes(tws: twssim.SimulatedTws) -> None:
    with closing(Peer(tws.port)) as old:
        old.start(1)
        tws.silence(True)
        with closing(Peer(tws.port)) as new:
            new.send(HELLO, message(71, 2, 2, ""))
            old.send(message(8, 1, -1))
            new.socket.settimeout(0.3)
            with pytest.raises(TimeoutError):
                new.socket.recv(1)
            new.socket.settimeout(PATIENCE)
            tws.silence(False)
            assert new.until("9") and old.until("9")


def test_the_ledger_is_on_disk_before_the_client_hears(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with twssim.run(ledger=str(path)) as tws, closing(Peer(tws.port)) as peer:
        peer.start(3)
        contract = ("265598", "", "", "", "", "", "", "SMART", "", "", "", "")
        peer.send(message(1, 11, 9, *contract, 0, "", 0, 0, ""))
        peer.until("1")
        assert [record["con_id"] for record in twssim.read_ledger(path) if record["record"] == "line"] == [265598]


def test_a_client_that_does_not_read_does_not_stop_the_others() -> None:
    with twssim.run(flood=True) as tws, closing(Peer(tws.port)) as slow, closing(Peer(tws.port)) as good:
        slow.start(1)
        contract = ("265598", "", "", "", "", "", "", "SMART", "", "", "", "")
        slow.send(message(1, 11, 9, *contract, 0, "", 0, 0, ""))
        tws.wait_for(lambda gateway: any(session.congested for session in gateway.sessions))
        good.start(2)
        good.send(message(49, 1))
        assert good.until("49")


def test_the_flood_brings_many_ticks_and_ends_with_the_cancel() -> None:
    with twssim.run(flood=True) as tws, closing(Peer(tws.port)) as peer:
        peer.start(1)
        contract = ("265598", "", "", "", "", "", "", "SMART", "", "", "", "")
        peer.send(message(1, 11, 9, *contract, 0, "", 0, 0, ""))
        for _ in range(20_000):
            peer.until("2")
        peer.send(message(2, 2, 9), message(49, 1))
        assert peer.until("49")
        peer.send(message(8, 1, -1))
        assert peer.until("9")


def test_simulated_time_follows_the_speed() -> None:
    async def measure() -> float:
        server = Server(Settings(start=1000.0, speed=100.0))
        began, loop = server.gateway.now, asyncio.get_running_loop()
        started = loop.time()

        def two_seconds_have_passed() -> bool:
            server.advance()
            return server.gateway.now - began >= 2.0

        eventually(two_seconds_have_passed)
        return loop.time() - started

    assert asyncio.run(measure()) < 2.0
