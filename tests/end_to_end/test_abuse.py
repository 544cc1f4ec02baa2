"""Strangers and clients that misbehave: the bridge stays small, the others are served, the offender is named."""

from __future__ import annotations

import resource
import socket
from collections.abc import Iterator

import pytest
import zmq

from tests.bridge_process import BridgeProcess
from tests.campaign.fuzz_zmtp import SEEDS, greeting
from tests.end_to_end.hostile import SOCKETS, bundle, connected, idle_connections, memory_mib, open_files
from tests.mq.http_attack import post
from tests.waiting import eventually
from twsbridge import Client
from twsbridge.protocol.envelope import MAGIC, decode_reply, pack
from twsbridge_server.mq.binding import port_of
from twsbridge_server.mq.strikes import MALFORMED

FEW = MALFORMED.limit - 1
CONTRACT = {"symbol": "AAPL", "sec_type": "STK", "exchange": "SMART", "currency": "USD"}
ORDER = {"action": "BUY", "quantity": "1", "order_type": "LMT", "limit_price": 1.0}
PING = [MAGIC, pack({"t": "ping", "id": "1"}), pack({})]


@pytest.fixture
def honest(bridge: BridgeProcess) -> Iterator[Client]:
    with Client(bridge.connection_file) as client:
        eventually(lambda: client.status().state == "READY", "READY")
        yield client


def named(client: Client, name: str) -> bool:
    return any(f"'{name}'" in each.text for each in client.status().conditions if each.code == "client_banned")


@pytest.mark.parametrize(
    ("which", "topic", "count"),
    [("evt", "sync|%06d|", 100_000), ("evt", "%06d" + "x" * 400, 20_000),
     ("md", "md|1%06d@SMART|", 100_000), ("md", "%06d" + "x" * 400, 20_000)],
)  # fmt: skip
def test_subscriptions_by_the_thousand(
    bridge: BridgeProcess, honest: Client, which: str, topic: str, count: int
) -> None:
    before, keys = memory_mib(bridge), bundle(bridge, "flood")
    with connected(keys, zmq.XSUB, which) as attacker:
        for number in range(count):
            attacker.send(b"\1" + (topic % number).encode())
        eventually(lambda: named(honest, "flood"), "the flood is named in the status")
    assert memory_mib(bridge) - before < 64
    bridge.wait_logged("Client 'flood' was cut off and is banned")


def test_subscriptions_of_twenty_kilobytes(bridge: BridgeProcess, honest: Client) -> None:
    before = memory_mib(bridge)
    with connected(bundle(bridge, "flood"), zmq.XSUB, "md") as attacker:
        for number in range(500):
            attacker.send(b"\1" + b"%05d" % number * 4_000)
        assert attacker.poll(500) == 0
        assert honest.status().state == "READY"
    assert memory_mib(bridge) - before < 64


@pytest.mark.parametrize(
    ("which", "size", "count"),
    [("cmd", 200_000, 1_000), ("cmd", 0, 300_000), ("evt", 400, 150_000), ("md", 400, 150_000)],
)
def test_a_message_without_an_end(bridge: BridgeProcess, honest: Client, which: str, size: int, count: int) -> None:
    """libzmq would collect it all; its sender is named though it has never said anything else."""
    before = memory_mib(bridge)
    kind = zmq.DEALER if which == "cmd" else zmq.XSUB
    with connected(bundle(bridge, "flood"), kind, which) as attacker:
        for _ in range(count):
            attacker.send(b"x" * size, zmq.SNDMORE)
        attacker.send(b"the end")
        eventually(lambda: named(honest, "flood"), "the flood is named in the status")
    assert memory_mib(bridge) - before < 64
    bridge.wait_logged("Client 'flood' was cut off and is banned")


def test_a_flood_of_commands(bridge: BridgeProcess, honest: Client) -> None:
    before = memory_mib(bridge)
    with connected(bundle(bridge, "flood"), zmq.DEALER, "cmd") as attacker:
        for _ in range(20_000):
            attacker.send_multipart(PING)
        eventually(lambda: named(honest, "flood"), "the flood is named in the status")
        codes = {decode_reply(attacker.recv_multipart()).body.get("code") for _ in range(300)}
    assert codes == {None, "req.rate"}
    assert honest.status().state == "READY"
    assert memory_mib(bridge) - before < 32
    assert len(bridge.log) < 20_000


def test_idle_connections_up_to_the_limit_of_open_files(bridge: BridgeProcess, honest: Client) -> None:
    """A newcomer finds room, and those that say nothing are closed."""
    count = min(2_000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 200)
    resource.prlimit(bridge.process.pid, resource.RLIMIT_NOFILE, (count + 100, count + 100))
    with idle_connections(bridge, count), Client(bridge.connection_file, timeout=20) as newcomer:
        assert newcomer.status().state == honest.status().state == "READY"
        eventually(lambda: open_files(bridge) < 100, "the idle connections are closed")


def test_strangers_at_every_port(bridge: BridgeProcess, honest: Client) -> None:
    """Other protocols, old versions of this one, and the beginnings of a handshake."""
    before = memory_mib(bridge)
    whole = greeting(b"CURVE") + SEEDS[3][64:]
    said = [*SEEDS, post(PING), *(whole[:end] for end in range(0, len(whole), 7))]
    for which in SOCKETS:
        for each in said:
            with socket.create_connection(("127.0.0.1", port_of(bridge.connection[which]))) as stranger:
                stranger.sendall(each)
    assert honest.orders(live=False) == []
    assert memory_mib(bridge) - before < 32


def test_an_order_cut_anywhere_is_no_order(bridge: BridgeProcess, honest: Client) -> None:
    """Every beginning of its body with a whole header; then the whole of it, to see that nothing else was missing."""
    head = pack({"t": "order.place", "id": "1", "sid": honest.welcome.sid})
    body = pack({"client_order_id": "cut", "contract": CONTRACT, "order": ORDER})
    for number, at in enumerate(range(0, len(body), FEW)):
        with connected(bundle(bridge, f"cutter-{number}"), zmq.DEALER, "cmd") as cutter:
            for end in range(at, min(at + FEW, len(body))):
                cutter.send_multipart([MAGIC, head, body[:end]])
                assert not decode_reply(cutter.recv_multipart()).ok
    assert honest.orders(live=False) == []
    with connected(bridge.connection, zmq.DEALER, "cmd") as whole:
        whole.send_multipart([MAGIC, head, body])
        assert decode_reply(whole.recv_multipart()).ok
    assert [order.client_order_id for order in honest.orders(live=False)] == ["cut"]
