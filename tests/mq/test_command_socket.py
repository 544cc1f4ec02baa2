import json
import logging
import pickle
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq

from tests.mq.rig import Peer, Server, exchange, monitored, peer, running
from twsbridge.pending import _joined
from twsbridge.protocol import envelope
from twsbridge.protocol.columns import pack_floats, pack_ints
from twsbridge.protocol.commands import Hello, PlaceOrder
from twsbridge.protocol.envelope import MAGIC, CommandHeader, encode_command, pack
from twsbridge_server.core.inputs import ClientsBanned, CommandReceived
from twsbridge_server.mq import keyring, long_replies
from twsbridge_server.mq.command_socket import MAX_PART_BYTES
from twsbridge_server.mq.long_replies import ReplyTo
from twsbridge_server.mq.strikes import MALFORMED, Strikes

HELLO = encode_command(Hello(protocol=[1, 1]), CommandHeader(t="hello", id="7", sid="s", exp=99))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running(tmp_path) as server:
        yield server


@pytest.fixture
def one(server: Server) -> Iterator[Peer]:
    with peer(server) as one:
        yield one


def received(server: Server, count: int = 1) -> list[CommandReceived]:
    server.until(lambda: len(server.inputs) >= count, "commands")
    return [each for each in server.inputs if isinstance(each, CommandReceived)]


def code(reply: envelope.Reply) -> Any:
    assert not reply.ok
    return reply.body["code"]


def test_a_command_arrives_with_who_sent_it(server: Server, one: Peer) -> None:
    one.dealer().send_multipart(HELLO)
    (command,) = received(server)
    assert (command.client.name, command.client.role) == ("default", "trader")
    assert command == CommandReceived(command.client, "7", Hello(protocol=[1, 1]), "s", 99)


class Bomb:
    def __init__(self, place: Path) -> None:
        self._place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self._place,))


def test_a_pickle_is_refused_and_never_read(server: Server, one: Peer, tmp_path: Path) -> None:
    """vn.py reads its commands with pickle: whoever reaches the port runs what he likes, and junk ends the server."""
    mine = tmp_path / "mine"
    pickled = pickle.dumps(Bomb(mine))
    dealer = one.dealer()
    for frames in ([pickled], [MAGIC, HELLO[1], pickled], [MAGIC, pickled, HELLO[2]], [MAGIC, pickled, pickled]):
        dealer.send_multipart(frames)
    dealer.send_multipart(HELLO)
    (command,) = received(server)
    assert isinstance(command.command, Hello) and not mine.exists()
    pickle.loads(pickled)
    assert mine.exists(), "the bomb was a live one"


def test_an_answer_goes_back_to_who_asked(server: Server, one: Peer) -> None:
    first, second = one.dealer(), one.dealer()
    first.send_multipart(HELLO)
    second.send_multipart(HELLO)
    for command in received(server, 2):
        server.sockets.cmd.answer(ReplyTo(command.client.route, "7", "hello"), {"route": command.client.route.hex()})
    replies = []
    for socket in (first, second):
        server.until(lambda socket=socket: socket.poll(0))
        replies.append(envelope.decode_reply(socket.recv_multipart()).body["route"])
    assert len(set(replies)) == 2


def test_json_in_json_out(server: Server, one: Peer) -> None:
    socket = one.dealer()
    header, body = {"t": "hello", "id": "j1"}, {"protocol": [1, 1]}
    socket.send_multipart([MAGIC, json.dumps(header).encode(), json.dumps(body).encode()])
    (command,) = received(server)
    assert command.is_json
    server.sockets.cmd.answer(ReplyTo(command.client.route, "j1", "hello", True), {"sid": "x"})
    server.until(lambda: socket.poll(0))
    magic, answer, content = socket.recv_multipart()
    assert json.loads(answer) == {"t": "hello", "id": "j1", "ok": True, "part": 0, "more": False}
    assert json.loads(content) == {"sid": "x"}


def test_an_error_in_json_is_answered_in_json(server: Server, one: Peer) -> None:
    socket = one.dealer()
    socket.send_multipart([MAGIC, b'{"t": "hello", "id": "j2"}', b'{"protocol": [1, 1], "sid": 7}'])
    server.until(lambda: socket.poll(0))
    _, header, body = socket.recv_multipart()
    assert json.loads(header)["id"] == "j2"
    assert json.loads(body)["code"] == "req.invalid"


BAD = {
    "no frames": ([b""], "req.malformed", ""),
    "two frames": (HELLO[:2], "req.malformed", "7"),
    "four frames": ([*HELLO, b""], "req.malformed", "7"),
    "wrong magic": ([b"IBB2", *HELLO[1:]], "req.malformed", "7"),
    "junk header": ([MAGIC, b"\xc1\xff\x00", HELLO[2]], "req.malformed", ""),
    "junk body": ([*HELLO[:2], b"\xc1"], "req.malformed", "7"),
    "map bomb": ([*HELLO[:2], b"\xdf\xff\xff\xff\xff"], "req.malformed", "7"),
    "nested deeply": ([*HELLO[:2], b"\x91" * 2000 + b"\x00"], "req.malformed", "7"),
    "unknown command": ([MAGIC, pack({"t": "orders.steal", "id": "u"}), pack({})], "req.unknown_type", "u"),
    "unknown field": ([*HELLO[:2], pack({"protocol": [1, 1], "x": 1})], "req.invalid", "7"),
    "missing field": ([*HELLO[:2], pack({})], "req.invalid", "7"),
    "wrong type": ([*HELLO[:2], pack({"protocol": "11"})], "req.invalid", "7"),
    "not a number": ([*HELLO[:2], pack({"protocol": [float("nan"), 1]})], "req.invalid", "7"),
    "other version": ([MAGIC, pack({"t": "hello", "id": "v", "v": 2}), HELLO[2]], "req.version", "v"),
    "too large": ([*HELLO[:2], b"\x00" * 70_000], "req.too_large", "7"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_command_is_answered_with_what_is_wrong(server: Server, one: Peer, case: str) -> None:
    frames, expected, request_id = BAD[case]
    socket = one.dealer()
    reply = exchange(server, socket, frames)
    assert (code(reply), reply.request_id) == (expected, request_id)
    assert reply.body["outcome"] == "rejected"
    assert server.inputs == []
    socket.send_multipart(HELLO)
    received(server)


def test_random_frames_harm_nobody(server: Server, one: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Strikes, "strike", lambda *offence: False)
    dice = random.Random(7)
    junk, honest = one.dealer(), one.dealer()
    for _ in range(500):
        frames = [dice.randbytes(dice.randrange(40)) for _ in range(dice.randrange(1, 6))]
        if dice.random() < 0.5:
            frames[0] = MAGIC
        if dice.random() < 0.3:
            good = list(HELLO)
            spot = dice.randrange(1, 3)
            good[spot] = good[spot][: dice.randrange(len(good[spot]))] + dice.randbytes(2)
            frames = good
        junk.send_multipart(frames)
    honest.send_multipart(HELLO)
    server.until(lambda: any(each.request_id == "7" and each.sid == "s" for each in received(server)))
    codes: list[str] = []

    def answered() -> bool:
        while junk.poll(0):
            _, header, body = junk.recv_multipart()
            error = json.loads(body) if header[:1] == b"{" else envelope.unpack(body)
            codes.append(error["code"])
        return len(codes) + len(server.inputs) >= 501

    server.until(answered, "an answer to each or a command in each")
    assert len(codes) + len(server.inputs) == 501 and all(code.startswith("req.") for code in codes)


def test_a_message_beyond_the_limit_ends_the_connection(server: Server, one: Peer) -> None:
    socket = one.dealer(reconnect_ivl=-1)
    with monitored(socket, zmq.EVENT_DISCONNECTED) as monitor:
        socket.send_multipart([*HELLO[:2], b"\x00" * 300_000])
        server.until(lambda: monitor.poll(0), "the connection to end")
    assert server.inputs == []


def test_a_chosen_routing_id_is_refused(server: Server, one: Peer) -> None:
    reply = exchange(server, one.dealer(routing_id=b"victim"), HELLO)
    assert code(reply) == "req.malformed"
    assert "routing id" in reply.body["msg"]
    assert server.inputs == []


def test_two_clients_with_one_routing_id_cannot_take_each_others_place(server: Server, one: Peer) -> None:
    first = one.dealer(routing_id=b"twin")
    exchange(server, first, HELLO)
    one.dealer(routing_id=b"twin").send_multipart(HELLO)
    server.quiet_for(0.2)
    assert code(exchange(server, first, HELLO)) == "req.malformed"


def test_a_revoked_client_is_refused_and_cut(server: Server) -> None:
    keyring.add(server.home, "alice", "trader")
    with peer(server, "alice") as alice:
        socket = alice.dealer(reconnect_ivl=-1)
        socket.send_multipart(HELLO)
        received(server)
        with monitored(socket, zmq.EVENT_DISCONNECTED) as monitor:
            keyring.revoke(server.home, "alice")
            server.until(lambda: monitor.poll(0), "the connection to be cut")


def test_a_command_between_revocation_and_cut_is_refused(server: Server) -> None:
    keyring.add(server.home, "alice", "trader")
    with peer(server, "alice") as alice:
        socket = alice.dealer()
        socket.send_multipart(HELLO)
        received(server)
        server.sockets._registry.by_key = lambda key: None  # type: ignore[method-assign]  # revoked this instant
        assert code(exchange(server, socket, HELLO)) == "auth.denied"


def test_a_long_answer_comes_in_parts(server: Server, one: Peer) -> None:
    socket = one.dealer()
    socket.send_multipart(HELLO)
    (command,) = received(server)
    count = 60_000
    body = {
        "tz": "US/Eastern",
        "i64": {"time_us": pack_ints(range(count))},
        "f64": {"close": pack_floats([1.5] * count)},
        "rows": [{"n": n} for n in range(1000)],
    }
    server.sockets.cmd.answer(ReplyTo(command.client.route, "7", "history.bars"), body)
    replies: dict[int, envelope.Reply] = {}
    while not replies or replies[max(replies)].more:
        server.sockets.cmd.go_on(1)
        server.until(lambda: socket.poll(0))
        frames = socket.recv_multipart()
        assert len(frames[2]) < MAX_PART_BYTES * 1.2
        reply = envelope.decode_reply(frames)
        replies[reply.part] = reply
    assert len(replies) > 3 and not server.sockets.cmd.has_backlog
    joined = _joined(replies)
    assert joined is not None
    assert joined.body == body


def test_short_answers_overtake_long_ones_and_nobody_gets_the_rest_of_a_broken_one(server: Server, one: Peer) -> None:
    socket = one.dealer()
    socket.send_multipart(HELLO)
    (command,) = received(server)
    to = ReplyTo(command.client.route, "7", "history.bars")
    server.sockets.cmd.answer(to, {"i64": {"time_us": bytes(400_000)}})
    server.sockets.cmd.go_on(1)
    server.sockets.cmd.answer(to._replace(request_id="8"), {})
    for wanted in ("7", "8"):
        server.until(lambda: socket.poll(0))
        assert envelope.decode_reply(socket.recv_multipart()).request_id == wanted
    socket.close()
    server.until(lambda: server.sockets.cmd.go_on() or not server.sockets.cmd.has_backlog)


def test_an_answer_to_nobody_is_counted(server: Server, one: Peer, caplog: pytest.LogCaptureFixture) -> None:
    socket = one.dealer()
    socket.send_multipart(HELLO)
    (command,) = received(server)
    socket.close()
    to = ReplyTo(command.client.route, "7", "hello")

    def undelivered() -> int:
        server.sockets.cmd.answer(to, {})
        return server.sockets.cmd.undelivered

    server.until(undelivered, "the route to be gone")
    assert "could not be delivered" in caplog.text


def test_an_answer_that_cannot_be_encoded_is_a_defect_not_silence(server: Server, one: Peer) -> None:
    socket = one.dealer()
    socket.send_multipart(HELLO)
    (command,) = received(server)
    server.sockets.cmd.answer(ReplyTo(command.client.route, "7", "hello"), {"x": object()})
    server.until(lambda: socket.poll(0))
    reply = envelope.decode_reply(socket.recv_multipart())
    assert (code(reply), reply.body["outcome"]) == ("br.internal", "unknown")


def test_refusals_are_logged_without_the_content(server: Server, one: Peer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        order = PlaceOrder.model_construct(client_order_id="k")
        exchange(server, one.dealer(), [MAGIC, pack({"t": order.name, "id": "1"}), pack({"client_order_id": "k\n"})])
    assert "client 'default' was refused" in caplog.text
    assert one.bundle["secret_key"] not in caplog.text
    assert server.pair.secret_key not in caplog.text


def test_junk_is_answered_until_it_is_too_much_then_its_sender_is_shut_out(server: Server, one: Peer) -> None:
    junk, honest = one.dealer(), one.dealer()
    honest.send_multipart(HELLO)
    server.until(lambda: received(server), "the honest client")
    with monitored(junk, zmq.EVENT_HANDSHAKE_FAILED_AUTH) as monitor:
        for _ in range(MALFORMED.limit + 5):
            junk.send_multipart([b"junk"])
        server.until(lambda: monitor.poll(0), "the refusal of its next connection")
    assert junk.poll(0), "the first ones were answered"
    (banned,) = [each for each in server.inputs if isinstance(each, ClientsBanned)]
    assert banned.clients == ("'default' sends what no client may send",)
    honest.send_multipart(HELLO)
    server.until(lambda: len(received(server)) == 2, "the other connection of the same key")


def test_commands_over_the_limit_get_a_refusal_that_says_when(server: Server, one: Peer) -> None:
    dealer = one.dealer()
    ping = [MAGIC, pack({"t": "ping", "id": "1"}), pack({})]
    cancel = [MAGIC, pack({"t": "order.cancel", "id": "2"}), pack({"order_id": 1})]
    for _ in range(250):
        dealer.send_multipart(ping)
    dealer.send_multipart(cancel)
    server.until(lambda: [each for each in received(server) if each.request_id == "2"], "the cancel")
    assert 200 <= len(received(server)) <= 230
    error = envelope.decode_reply(dealer.recv_multipart()).body
    assert error["code"] == "req.rate" and error["retry"].startswith("after:")


def test_an_answer_for_which_there_is_no_room_is_refused(
    server: Server, one: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = one.dealer()
    socket.send_multipart(HELLO)
    (command,) = received(server)
    monkeypatch.setattr(long_replies, "MOST_BYTES", 500_000)
    for number in ("7", "8"):
        to = ReplyTo(command.client.route, number, "history.bars")
        server.sockets.cmd.answer(to, {"i64": {"time_us": bytes(400_000)}})
    server.until(lambda: socket.poll(0))
    reply = envelope.decode_reply(socket.recv_multipart())
    assert (reply.request_id, code(reply)) == ("8", "req.inflight")
