import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq

from tests.mq.rig import Peer, Server, event, peer, running, subscribed
from tests.waiting import PATIENCE
from twsbridge.protocol import envelope
from twsbridge_server.core.inputs import SubscriptionOpened
from twsbridge_server.mq import event_socket, keyring
from twsbridge_server.mq.strikes import SUBSCRIPTIONS


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running(tmp_path) as server:
        yield server


@pytest.fixture
def one(server: Server) -> Iterator[Peer]:
    with peer(server) as one:
        yield one


def barrier(server: Server, nonce: str) -> None:
    topic = f"sync|{nonce}|"
    server.until(lambda: topic in [getattr(each, "topic", "") for each in server.inputs], f"the barrier {nonce}")


def next_event(server: Server, socket: zmq.Socket[bytes]) -> envelope.EventFrame:
    server.until(lambda: socket.poll(0), "an event")
    return envelope.decode_event(socket.recv_multipart())


@pytest.mark.parametrize("topic", ["ord|DU1234567|", "acct|DU1234567|", "sys|", "hb|", "ord|", "acct|"])
def test_a_topic_that_is_subscribed_is_received(server: Server, one: Peer, topic: str) -> None:
    socket = one.subscriber("evt", topic.encode(), b"sync|n1|")
    barrier(server, "n1")
    sent = event(topic if topic.count("|") == 2 or topic in ("sys|", "hb|") else f"{topic}DU1234567|", 5)
    server.sockets.evt.publish(sent)
    got = next_event(server, socket)
    assert got.topic == sent.topic.replace("hb|", "hb|DF*,DU*|")
    assert (got.epoch, got.seq, got.type, got.body["text"]) == (sent.epoch, 5, "notice", "x")


@pytest.mark.parametrize(
    "topic", [b"", b"o", b"ord", b"ord|DU1234567", b"md|1@SMART|", b"ord|x y|", b"ord|a|b|", b"\xff"]
)
def test_other_subscriptions_have_no_effect(server: Server, one: Peer, topic: bytes) -> None:
    socket = one.subscriber("evt", topic, b"sync|n1|")
    barrier(server, "n1")
    for name in ("ord|DU1234567|", "sys|", "hb|"):
        server.sockets.evt.publish(event(name))
    server.sockets.evt.publish(event("sync|n1|"))
    assert next_event(server, socket).topic == "sync|n1|"
    assert server.inputs == [subscribed("sync|n1|", topic.decode("ascii", "replace"))]


def test_one_client_does_not_subscribe_for_another(server: Server, one: Peer) -> None:
    wide = one.subscriber("evt", b"ord|", b"sync|n1|")
    narrow = one.subscriber("evt", b"sys|", b"sync|n2|")
    barrier(server, "n1")
    barrier(server, "n2")
    server.sockets.evt.publish(event("ord|DU1234567|"))
    server.sockets.evt.publish(event("sys|"))
    assert next_event(server, wide).topic == "ord|DU1234567|"
    assert next_event(server, narrow).topic == "sys|"


def test_a_topic_that_is_left_is_left(server: Server, one: Peer) -> None:
    socket = one.subscriber("evt", b"sys|", b"hb|", b"sync|n1|")
    barrier(server, "n1")
    socket.unsubscribe(b"sys|")
    socket.subscribe(b"sync|n2|")
    barrier(server, "n2")
    server.sockets.evt.publish(event("sys|"))
    server.sockets.evt.publish(event("hb|"))
    assert next_event(server, socket).topic == "hb|DF*,DU*|"


def test_a_message_that_is_no_subscription_is_ignored(server: Server, one: Peer) -> None:
    socket = one.socket(zmq.XSUB, "evt")
    for message in (b"", b"\x02sys|", b"hello", b"\x01" * 200, b"\x01sync|n1|"):
        socket.send(message)
    barrier(server, "n1")
    assert server.inputs == [subscribed("sync|n1|", "\x01" * 64)]


def test_a_subscription_beyond_the_limit_ends_the_connection(server: Server, one: Peer) -> None:
    flooding = one.socket(zmq.XSUB, "evt", reconnect_ivl=-1)
    flooding.send(b"\x01sync|before|")
    barrier(server, "before")
    flooding.send(b"\x01" + b"x" * 600)
    flooding.send(b"\x01sync|after|")
    server.quiet_for(0.2)
    assert subscribed("sync|after|") not in server.inputs


def test_a_flood_of_subscriptions_is_cut_off(
    server: Server, one: Peer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(event_socket, "SUBSCRIPTIONS", SUBSCRIPTIONS._replace(limit=50))
    flooding = one.socket(zmq.XSUB, "evt", reconnect_ivl=-1)
    for number in range(200):
        flooding.send(f"\1sync|{number}|".encode())
    server.until(lambda: "floods the bridge" in caplog.text, "the flood to be noticed")
    server.quiet_for(0.1)
    assert len(server.inputs) <= 60


def test_a_revoked_client_hears_nothing_more(server: Server) -> None:
    keyring.add(server.home, "alice", "observer")
    with peer(server, "alice") as alice:
        socket = alice.subscriber("evt", b"ord|", b"sync|n1|")
        barrier(server, "n1")
        keyring.revoke(server.home, "alice")
        server.quiet_for(0.2)
        server.sockets.evt.publish(event("ord|DU1234567|"))
        server.quiet_for(0.2)
        assert not socket.poll(0)


def test_a_client_hears_of_its_own_accounts_only(server: Server) -> None:
    keyring.add(server.home, "alice", "observer", accounts=["DU1111111"])
    with peer(server, "alice") as alice:
        socket = alice.subscriber("evt", b"ord|", b"acct|DU2222222|", b"hb|", b"sync|n1|")
        barrier(server, "n1")
        (asked,) = server.inputs
        assert isinstance(asked, SubscriptionOpened)
        assert (asked.client, asked.refused) == ("alice", ("acct|DU2222222|",))
        for topic in ("ord|DU2222222|", "ord|DU11111112|", "acct|DU2222222|", "ord|DU1111111|"):
            server.sockets.evt.publish(event(topic))
        heads = {"heads": {"ord|DU1111111|": {}, "ord|DU2222222|": {}, "sys|": {}}}
        server.sockets.evt.publish(event("hb|", body=heads))
        assert next_event(server, socket).topic == "ord|DU1111111|"
        beat = next_event(server, socket)
        assert (beat.topic, beat.body["heads"].keys()) == ("hb|DU1111111|", {"ord|DU1111111|", "sys|"})


def test_a_paper_key_hears_nothing_of_a_live_account(server: Server, one: Peer) -> None:
    socket = one.subscriber("evt", b"ord|", b"ord|U1234567|", b"sync|n1|")
    barrier(server, "n1")
    server.sockets.evt.publish(event("ord|U1234567|"))
    server.sockets.evt.publish(event("ord|DF1234567|"))
    assert next_event(server, socket).topic == "ord|DF1234567|"


def test_accounts_that_are_taken_away_are_not_heard_any_more(server: Server, one: Peer) -> None:
    socket = one.subscriber("evt", b"ord|", b"sync|n1|")
    barrier(server, "n1")
    keyring.change(server.home, "default", accounts=["DU1111111"])
    server.turn()
    server.sockets.evt.publish(event("ord|DU2222222|"))
    server.inputs.clear()
    server.until(lambda: not socket.poll(0) and server.inputs, "the same subscriptions over another connection")
    server.sockets.evt.publish(event("ord|DU2222222|"))
    server.sockets.evt.publish(event("ord|DU1111111|"))
    assert next_event(server, socket).topic == "ord|DU1111111|"


def test_nothing_is_missed_after_the_barrier(server: Server, one: Peer) -> None:
    """200 joins in the middle of a stream: from the head that the barrier names on, every event arrives."""
    joins = 200
    seq = 0
    problems: list[str] = []

    def join(number: int) -> None:
        socket = one.context.socket(zmq.SUB)
        try:
            for option in ("curve_serverkey", "curve_publickey", "curve_secretkey"):
                setattr(socket, option, one.bundle[option.replace("curve_", "").replace("serverkey", "server_key")
                        .replace("publickey", "public_key").replace("secretkey", "secret_key")].encode())  # fmt: skip
            socket.linger = 0
            socket.connect(one.bundle["evt"])
            socket.subscribe(b"ord|DU1234567|")
            socket.subscribe(f"sync|{number}|".encode())
            problems.extend(hole(socket, number))
        finally:
            socket.close()

    def work() -> None:
        for number in range(joins):
            join(number)

    joining = threading.Thread(target=work)
    joining.start()
    while joining.is_alive():
        for _ in range(20):
            seq += 1
            server.sockets.evt.publish(event("ord|DU1234567|", seq))
        for each in server.turn(1):
            assert isinstance(each, SubscriptionOpened)
            server.sockets.evt.publish(event(each.topic, 0, {"next": seq + 1}))
    joining.join()
    assert problems == []
    assert len(server.inputs) == joins


def hole(socket: zmq.Socket[bytes], number: int) -> list[str]:
    """What is missing among the events that follow the barrier; events before it may come or not."""
    expected: int | None = None
    seen: set[int] = set()
    while expected is None or max(seen, default=0) < expected + 30:
        if not socket.poll(PATIENCE * 1000):
            return [f"join {number}: silence, barrier {expected}, last {max(seen, default=0)}"]
        got = envelope.decode_event(socket.recv_multipart())
        if got.type == "notice" and got.seq:
            seen.add(got.seq)
        else:
            expected = int(got.body["next"])
    missing = {*range(expected, max(seen))} - seen
    return [f"join {number}: {sorted(missing)} of {expected}.."] if missing else []
