"""Strangers and clients that misbehave: the bridge stays small, the others are served, the offender is named."""

from __future__ import annotations

import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest
import zmq

from tests.bridge_process import BridgeProcess
from tests.campaign.fuzz_zmtp import SEEDS, greeting
from tests.end_to_end.hostile import SOCKETS, bundle, connected, idle_connections, memory_mib, open_files
from tests.mq.http_attack import post
from tests.waiting import eventually
from twsbridge import Client
from twsbridge.protocol.envelope import MAGIC, decode_reply, pack
from twsbridge_server.home import Home
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


TOPICS = [("evt", "sync|%06d|", 100_000), ("evt", "%06d" + "x" * 400, 20_000),
          ("md", "md|1%06d@SMART|", 100_000), ("md", "%06d" + "x" * 400, 20_000)]  # fmt: skip


def test_subscriptions_by_the_thousand(bridge: BridgeProcess, honest: Client) -> None:
    before = memory_mib(bridge)
    for place, (which, topic, count) in enumerate(TOPICS):
        name = f"flood-{place}"
        with connected(bundle(bridge, name), zmq.XSUB, which) as attacker:
            for number in range(count):
                attacker.send(b"\1" + (topic % number).encode())
            eventually(partial(named, honest, name), f"{name} is named in the status")
        assert memory_mib(bridge) - before < 64
        bridge.wait_logged(f"Client '{name}' was cut off and is banned")


def test_subscriptions_of_twenty_kilobytes(bridge: BridgeProcess, honest: Client) -> None:
    before = memory_mib(bridge)
    with connected(bundle(bridge, "flood"), zmq.XSUB, "md") as attacker:
        for number in range(500):
            attacker.send(b"\1" + b"%05d" % number * 4_000)
        assert attacker.poll(500) == 0
        assert honest.status().state == "READY"
    assert memory_mib(bridge) - before < 64


def test_messages_without_an_end(bridge: BridgeProcess, honest: Client) -> None:
    """libzmq would collect them all; their senders are named though they have never said anything else."""
    before = memory_mib(bridge)
    endless = (("cmd", 200_000, 1_000), ("cmd", 0, 300_000), ("evt", 400, 150_000), ("md", 400, 150_000))
    for place, (which, size, count) in enumerate(endless):
        name = f"flood-{place}"
        with connected(bundle(bridge, name), zmq.DEALER if which == "cmd" else zmq.XSUB, which) as attacker:
            for _ in range(count):
                attacker.send(b"x" * size, zmq.SNDMORE)
            attacker.send(b"the end")
            eventually(partial(named, honest, name), f"{name} is named in the status")
        assert memory_mib(bridge) - before < 64
        bridge.wait_logged(f"Client '{name}' was cut off and is banned")


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


FLOOD = """
import json, sys, time, zmq
from tests.end_to_end.test_abuse import PING
from tests.end_to_end.hostile import curve
keys, sockets = json.load(open(sys.argv[1])), []
context = zmq.Context()
context.set(zmq.MAX_SOCKETS, 1_000)
for _ in range(300):
    sockets.append(context.socket(zmq.DEALER))
    curve(sockets[-1], keys)
    sockets[-1].connect(keys["cmd"])
    sockets[-1].send_multipart(PING)
for each in sockets:
    assert each.poll(10_000)
for each in sockets:
    for _ in range(150):
        each.send_multipart(PING)
print("sent", flush=True)
time.sleep(60)
"""


def test_a_flood_that_dies_before_it_was_read(bridge: BridgeProcess, honest: Client) -> None:
    """With heartbeats of its own libzmq would abort the bridge."""
    bundle(bridge, "flood")
    command = [sys.executable, "-c", FLOOD, str(Home(bridge.home).bundle("flood"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as flood:
        assert flood.stdout is not None and flood.stdout.readline() == "sent\n"
        flood.kill()
    eventually(lambda: open_files(bridge) < 100, "the connections are closed")
    assert honest.status().state == "READY"


FOLLOW = """
import sys
from twsbridge import Client
with Client(sys.argv[1]) as client:
    for event in client.events("orders", since=None):
        print(event.seq, flush=True)
"""


def test_subscribers_that_are_stopped_hear_everything_later(bridge: BridgeProcess, honest: Client) -> None:
    """Nobody else notices, and what is kept for them stays small."""
    command = [sys.executable, "-c", FOLLOW, str(bridge.connection_file)]
    with ExitStack() as stack:
        honest.buy("AAPL", 1)
        followers = [stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True)) for _ in "ab"]
        for each in followers:
            stack.callback(each.kill)
            assert each.stdout is not None and each.stdout.readline() == "1\n"
            each.send_signal(signal.SIGSTOP)
        before = memory_mib(bridge)
        for number in range(30):
            honest.buy("AAPL", number + 1)
        eventually(lambda: not honest.orders(), "all are filled")
        assert memory_mib(bridge) - before < 16
        with Client(bridge.connection_file) as late:
            head = late.welcome.heads[f"ord|{honest.accounts[0]}|"].next - 1
        for each in followers:
            each.send_signal(signal.SIGCONT)
            assert each.stdout is not None
            heard = [int(each.stdout.readline()) for _ in range(head - 1)]
            assert heard == list(range(2, head + 1))


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
