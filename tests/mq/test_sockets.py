import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import zmq

from tests.mq.http_attack import post
from tests.mq.rig import Server, peer, running
from tests.waiting import PATIENCE
from twsbridge.protocol.commands import Ping
from twsbridge.protocol.envelope import CommandHeader, encode_command
from twsbridge_server.core.inputs import ClientsChanged
from twsbridge_server.mq import binding
from twsbridge_server.mq.binding import port_of
from twsbridge_server.mq.sockets import READ, WRITE

PING = encode_command(Ping(), CommandHeader(t="ping", id="1"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running(tmp_path) as server:
        yield server


def raw(server: Server, which: int = 0) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port_of(server.sockets.endpoints[which])), timeout=PATIENCE)


def test_a_web_page_can_command_a_bare_router() -> None:
    """The control of the next test: this attack is real."""
    with zmq.Context() as context, context.socket(zmq.ROUTER) as router:
        router.linger = 0
        port = router.bind_to_random_port("tcp://127.0.0.1")
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as browser:
            browser.sendall(post(PING))
            messages: list[list[bytes]] = []
            while PING not in messages and router.poll(2_000):
                messages.append(router.recv_multipart()[1:])
    assert PING in messages


@pytest.mark.parametrize("which", range(3))
def test_a_web_page_cannot_command_the_bridge(server: Server, which: int) -> None:
    with raw(server, which) as browser:
        browser.sendall(post(PING))
        browser.settimeout(0)
        ended = False

        def closed() -> bool:
            nonlocal ended
            try:
                ended = ended or browser.recv(4096) == b""
            except BlockingIOError:
                pass
            except ConnectionResetError:
                ended = True
            return ended

        server.until(closed, "the connection to be closed")
    assert server.inputs == []


@pytest.mark.parametrize(
    "noise",
    [b"\x00" * 64, b"\xff" * 64, b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"*1\r\n$4\r\nPING\r\n"],
)
def test_other_protocols_harm_nobody(server: Server, noise: bytes) -> None:
    with ExitStack() as stack:
        for which in range(3):
            stack.enter_context(raw(server, which)).sendall(noise)
        with peer(server) as one:
            one.dealer().send_multipart(PING)
            server.until(lambda: server.inputs, "the honest client's command")
    assert len(server.inputs) == 1


def test_a_connection_that_says_nothing_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binding, "HANDSHAKE_MS", 200)
    with running(tmp_path) as server:
        for which in range(3):
            with raw(server, which) as silent:
                while silent.recv(4096):
                    pass


def test_idle_connections_do_not_keep_others_out(server: Server) -> None:
    idle = min(400, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 4)
    with ExitStack() as stack:
        for _ in range(idle):
            stack.enter_context(raw(server))
        with peer(server) as one:
            one.dealer().send_multipart(PING)
            server.until(lambda: server.inputs, "the honest client's command")


def test_poll_tells_which_descriptor_is_ready(server: Server) -> None:
    here, there = socket.socketpair()
    with here, there:
        number = here.fileno()
        assert server.sockets.poll([(number, READ)], 0) == {}
        assert server.sockets.poll([(number, READ | WRITE)], 0) == {number: WRITE}
        there.send(b"x")
        assert server.sockets.poll([(number, READ)], 1_000) == {number: READ}
        assert [type(each) for each in server.sockets.receive()] == [ClientsChanged]


def test_commands_come_before_subscriptions(server: Server) -> None:
    with peer(server) as one:
        dealer = one.dealer()
        subscriber = one.subscriber("md", b"md|1@SMART|")
        dealer.send_multipart(PING)
        server.until(lambda: len(server.inputs) == 2)
        server.inputs.clear()
        subscriber.subscribe(b"md|2@SMART|")
        dealer.send_multipart(PING)
        sockets = (server.sockets.cmd.socket, server.sockets.md.socket)
        while not all(each.poll(1_000) for each in sockets):
            pass
        assert [type(each).__name__ for each in server.turn()] == ["CommandReceived", "SubscriptionOpened"]


def test_a_flood_of_commands_is_taken_in_slices(server: Server) -> None:
    with peer(server) as one:
        dealer = one.dealer()
        for _ in range(200):
            dealer.send_multipart(PING)
        server.until(lambda: server.inputs)
        assert len(server.inputs) <= 64
        server.until(lambda: len(server.inputs) == 200)
