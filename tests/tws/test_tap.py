"""A tap hears exactly the bytes that passed the socket."""

from __future__ import annotations

import time

from tests.tws.peers import Peer, exactly
from tests.waiting import PATIENCE
from twsbridge_server.tws.tap import Nobody, Tap
from twsbridge_server.tws.transport import Phase, Transport


class Listener:
    def __init__(self) -> None:
        self.heard: list[tuple[str, object]] = []

    def opened(self, endpoint: str) -> None:
        self.heard.append(("opened", endpoint))

    def sent(self, content: bytes) -> None:
        self.heard.append(("sent", content))

    def received(self, content: bytes) -> None:
        self.heard.append(("received", content))

    def closed(self, reason: str) -> None:
        self.heard.append(("closed", reason))


def until_ended(transport: Transport) -> None:
    give_up = time.monotonic() + PATIENCE
    while transport.phase is not Phase.ENDED:
        assert time.monotonic() < give_up
        transport.advance()
        transport.read()


def test_every_byte_both_ways_and_the_end() -> None:
    listener = Listener()
    with Peer(lambda peer: (exactly(peer, 5), peer.sendall(b"and you"))) as peer:
        transport = Transport("127.0.0.1", peer.port, listener)
        while not transport.advance():
            pass
        transport.send(b"hello")
        until_ended(transport)
    assert listener.heard[:2] == [("opened", f"127.0.0.1:{peer.port}"), ("sent", b"hello")]
    assert (
        b"".join(part for what, part in listener.heard if what == "received" and isinstance(part, bytes)) == b"and you"
    )
    assert listener.heard[-1] == ("closed", "it was closed by TWS")


def test_a_connection_that_was_never_made_is_not_told() -> None:
    listener = Listener()
    transport = Transport("127.0.0.1", 1, listener)
    until_ended(transport)
    assert listener.heard == []


def test_nobody_is_a_tap() -> None:
    tap: Tap = Nobody()
    tap.opened("host:1")
    tap.sent(b"x")
    tap.received(b"x")
    tap.closed("")
