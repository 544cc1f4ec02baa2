import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from socket import create_connection

import pytest
import zmq

from tests.mq.rig import Peer, Server, peer, running, subscribed
from tests.waiting import PATIENCE
from twsbridge.protocol.envelope import TicksFrame, decode_ticks
from twsbridge.protocol.line_state import Refused
from twsbridge.protocol.stream_rows import Pnl, Tick
from twsbridge_server.core.effects import PublishTicks
from twsbridge_server.core.inputs import SubscriptionClosed
from twsbridge_server.mq import keyring, stalled
from twsbridge_server.mq.binding import port_of

TOPIC = "md|265598@SMART|"
OPENED, CLOSED = subscribed(TOPIC), SubscriptionClosed(TOPIC)

SUBSCRIBER = """
import json, sys, zmq
bundle = json.load(open(sys.argv[1]))
socket = zmq.Context().socket(zmq.SUB)
socket.curve_serverkey = bundle["server_key"].encode()
socket.curve_publickey = bundle["public_key"].encode()
socket.curve_secretkey = bundle["secret_key"].encode()
socket.connect(bundle["md"])
socket.subscribe(sys.argv[2])
while True:
    socket.recv()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running(tmp_path) as server:
        yield server


@pytest.fixture
def one(server: Server) -> Iterator[Peer]:
    with peer(server) as one:
        yield one


def test_every_subscription_and_every_farewell_is_seen(server: Server, one: Peer) -> None:
    first = one.subscriber("md", TOPIC.encode())
    second = one.subscriber("md", TOPIC.encode())
    server.until(lambda: server.inputs.count(OPENED) == 2, "both subscriptions")
    first.unsubscribe(TOPIC)
    one_left = SubscriptionClosed(TOPIC, ("default",))
    server.until(lambda: one_left in server.inputs, "the first farewell")
    second.close()
    server.until(lambda: CLOSED in server.inputs, "the last farewell")
    assert server.inputs == [OPENED, OPENED, one_left, CLOSED]


def test_the_line_outlives_all_but_the_last_of_ten_killed_processes(server: Server) -> None:
    command = [sys.executable, "-c", SUBSCRIBER, str(server.home.connection), TOPIC]
    processes = [subprocess.Popen(command) for _ in range(10)]
    try:
        server.until(lambda: server.inputs.count(OPENED) == 10, "ten subscriptions")
        for process in processes[:9]:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        server.until(lambda: len(server.inputs) == 19, "nine farewells")
        assert server.inputs[10:] == [SubscriptionClosed(TOPIC, ("default",) * left) for left in range(9, 0, -1)]
        os.kill(processes[9].pid, signal.SIGKILL)
        server.until(lambda: CLOSED in server.inputs, "the line to be released")
        assert server.inputs.count(CLOSED) == 1 and server.inputs[-1] == CLOSED
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_ticks_reach_their_subscribers_in_one_frame(server: Server, one: Peer) -> None:
    socket = one.subscriber("md", TOPIC.encode())
    server.until(lambda: OPENED in server.inputs)
    server.sockets.md.publish(PublishTicks("md|1@SMART|", "ticks", 1, 5, (Tick(1, 2.5),)))
    server.sockets.md.publish(PublishTicks(TOPIC, "ticks", 7, 5, (Tick(1, 2.5), Tick(0, "100"), Tick(4, None))))
    server.sockets.md.publish(PublishTicks(TOPIC, "state", 8, 6, {"state": "live"}))
    server.until(lambda: socket.poll(0))
    ticks, state = (decode_ticks(socket.recv()) for _ in range(2))
    assert ticks == TicksFrame(TOPIC, "ticks", 7, 5, [[1, 2.5], [0, "100"], [4, None]])
    assert state == TicksFrame(TOPIC, "state", 8, 6, {"state": "live"})


@pytest.mark.parametrize(
    "topic", [b"", b"md|", b"md|0@SMART|", b"md|1@SM ART|", b"md|1@SMART", b"ord|DU1234567|", b"\xff\xfe"]
)
def test_a_topic_that_is_no_line_opens_nothing(server: Server, one: Peer, topic: bytes) -> None:
    one.subscriber("md", topic).subscribe(TOPIC)
    server.until(lambda: OPENED in server.inputs)
    assert server.inputs == [OPENED]


def test_a_message_that_is_no_subscription_is_ignored(server: Server, one: Peer) -> None:
    socket = one.socket(zmq.XSUB, "md")
    for message in (b"", b"\x02" + TOPIC.encode(), TOPIC.encode(), b"\x01" + TOPIC.encode()):
        socket.send(message)
    server.until(lambda: OPENED in server.inputs)
    assert server.inputs == [OPENED]


def test_a_connection_counts_once_and_cannot_say_farewell_for_others(server: Server, one: Peer) -> None:
    raw, other = one.socket(zmq.XSUB, "md"), one.subscriber("md", TOPIC.encode())
    server.until(lambda: OPENED in server.inputs)
    raw.send(b"\0" + TOPIC.encode())
    for _ in range(3):
        raw.send(b"\1" + TOPIC.encode())
    server.until(lambda: server.inputs.count(OPENED) == 2, "the second subscriber")
    server.quiet_for(0.1)
    other.close()
    raw.close()
    server.until(lambda: CLOSED in server.inputs, "the last farewell")
    assert server.inputs == [OPENED, OPENED, SubscriptionClosed(TOPIC, ("default",)), CLOSED]


def test_the_empty_prefix_and_accounts_of_others_bring_nothing(server: Server, one: Peer) -> None:
    mine, live = "pnl|DU1234567|", "pnl|U1234567|"
    greedy = one.subscriber("md", b"", b"pnl|", live.encode(), mine.encode())
    server.until(lambda: subscribed(mine) in server.inputs)
    for topic in (live, mine):
        server.sockets.md.publish(PublishTicks(topic, "ticks", 1, 5, (Pnl(1.0, 2.0, None),)))
    assert [greedy.recv()[: len(live) + 8].partition(b"refused|")[0] for _ in range(3)] == [b"", b"pnl|", live.encode()]
    server.until(lambda: greedy.poll(0))
    assert decode_ticks(greedy.recv()) == TicksFrame(mine, "ticks", 1, 5, [[1.0, 2.0, None]])
    server.quiet_for(0.1)
    assert not greedy.poll(0) and server.inputs == [subscribed(mine)]


def test_a_trader_may_hear_of_its_own_books_only(server: Server, one: Peer) -> None:
    keyring.add(server.home, "eve", "observer")
    all_books, own, others = "books|DU1234567|", "books|DU1234567:default|", "books|DU1234567:eve|"
    one.subscriber("md", all_books.encode(), others.encode(), own.encode())
    server.until(lambda: [each.topic for each in server.inputs] == [own], "what a trader may hear")
    with peer(server, "eve") as eve:
        eve.subscriber("md", all_books.encode())
        server.until(lambda: all_books in [each.topic for each in server.inputs], "what an observer may hear")


@pytest.mark.parametrize(
    ("topic", "code", "says"),
    [
        ("pnl|U1234567|", "auth.account", "U1234567"),
        ("books|DU1234567|", "auth.topic", "books|DU1234567:default|"),
        ("md|0@SMART|", "req.invalid", "md|0@SMART|"),
    ],
)
def test_who_may_not_have_a_topic_is_told_why(server: Server, one: Peer, topic: str, code: str, says: str) -> None:
    socket = one.subscriber("md", topic.encode())
    server.until(lambda: socket.poll(0), "the refusal")
    frame = decode_ticks(socket.recv())
    refused = Refused.model_validate(frame.body)
    assert (frame.topic, frame.kind, refused.to) == (topic, "refused", one.bundle["public_key"])
    assert refused.error.code == code and says in refused.error.msg
    server.sockets.md.publish(PublishTicks(topic, "ticks", 1, 5, (Tick(1, 2.5),)))
    socket.unsubscribe(topic)
    socket.subscribe(topic)
    server.until(lambda: socket.poll(0), "the second refusal")
    assert decode_ticks(socket.recv()).kind == "refused" and server.inputs == []


def test_a_refusal_reaches_nobody_who_has_other_topics(server: Server, one: Peer) -> None:
    keyring.add(server.home, "alice", "observer", accounts=["DU1111111"])
    honest = one.subscriber("md", TOPIC.encode())
    server.until(lambda: OPENED in server.inputs)
    with peer(server, "alice") as alice:
        refused = alice.subscriber("md", b"pnl|DU2222222|")
        server.until(lambda: refused.poll(0), "the refusal")
    server.quiet_for(0.05)
    assert not honest.poll(0)


def test_the_farewells_of_one_who_was_refused_close_nobodys_line(server: Server, one: Peer) -> None:
    """libzmq says them also for subscriptions that were refused, and does not say whose they are."""
    keyring.add(server.home, "alice", "observer", accounts=["DU1111111"])
    own, foreign = "pnl|DU1111111|", "pnl|DU2222222|"
    one.subscriber("md", foreign.encode())
    server.until(lambda: subscribed(foreign) in server.inputs)
    with peer(server, "alice") as alice:
        alice.subscriber("md", foreign.encode(), own.encode())
        server.until(lambda: [each.topic for each in server.inputs] == [foreign, own], "what alice may hear")
    server.until(lambda: SubscriptionClosed(own) in server.inputs, "the farewell to what alice might hear")
    server.quiet_for(0.1)
    assert [each.topic for each in server.inputs] == [foreign, own, own]


def test_a_slow_subscriber_never_blocks(server: Server, one: Peer) -> None:
    one.subscriber("md", TOPIC.encode(), rcvhwm=1, rcvbuf=4096)
    server.until(lambda: OPENED in server.inputs)
    ticks = PublishTicks(TOPIC, "ticks", 1, 5, (Tick(1, 2.5),))
    for _ in range(150_000):
        server.sockets.md.publish(ticks)


def test_strangers_that_come_and_go_while_the_bridge_is_busy_stop_nobody(server: Server) -> None:
    """libzmq tells of every end on a pipe of its own, and would wait for room in it with all connections."""
    greeting = b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"CURVE".ljust(20, b"\0") + bytes(32)
    address = ("127.0.0.1", port_of(server.sockets.endpoints.md))
    for _ in range(2_500):
        with closing(create_connection(address, timeout=PATIENCE)) as stranger:
            stranger.sendall(greeting)
            stranger.recv(1)
    with peer(server) as one:
        one.subscriber("md", TOPIC.encode())
        server.until(lambda: OPENED in server.inputs, "the subscription of an honest client")


def test_a_subscriber_that_never_reads_is_cut_and_the_others_lose_nothing(
    server: Server, one: Peer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It says that it lives, and takes nothing."""
    monkeypatch.setattr(stalled, "LOOK_S", 0.1)
    monkeypatch.setattr(stalled, "PATIENCE_S", 0.5)
    keyring.add(server.home, "hung", "observer")
    ticks = PublishTicks(TOPIC, "ticks", 1, 5, (Tick(1, 2.5),) * 100)
    reader = one.subscriber("md", TOPIC.encode(), rcvhwm=0)
    server.until(lambda: OPENED in server.inputs)
    with peer(server, "hung") as hung:
        hung.subscriber("md", TOPIC.encode(), rcvhwm=1, rcvbuf=4096, heartbeat_ivl=100, heartbeat_timeout=60_000)
        server.until(lambda: len(server.inputs) == 2)
        sent = heard = 0
        while "'hung' was cut" not in caplog.text:
            for _ in range(200):
                server.sockets.md.publish(ticks)
            sent += 200
            while heard < sent and reader.poll(5_000):
                reader.recv()
                heard += 1
            server.turn(0)
        assert heard == sent
