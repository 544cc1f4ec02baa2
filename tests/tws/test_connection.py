"""The whole connection against real TCP peers, good and bad; and the losses of ibapi's own reader, to compare."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibapi.client import EClient
from ibapi.protobuf.NextValidId_pb2 import NextValidId as NextValidIdProto
from ibapi.wrapper import EWrapper

from tests.tws.messages import execution_fields, proto_message, text_message
from tests.tws.peers import (
    GREETING_TIME,
    Driven,
    Peer,
    Script,
    greet,
    read_frame,
    read_hello,
    serve,
    until_closed,
)
from tests.waiting import PATIENCE
from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core import calls
from twsbridge_server.core.inputs import (
    CurrentTime,
    ExecutionReceived,
    NextValidId,
    TwsConnected,
    TwsErrorReceived,
    TwsInput,
    TwsLost,
    TwsPoison,
)
from twsbridge_server.core.stream_inputs import Ticks
from twsbridge_server.tws.decoder import MessageDecoder
from twsbridge_server.tws.framing import Framer, frame


def order_id(number: int, version: int = 176) -> bytes:
    """A small whole frame."""
    return frame(text_message(version, 9, 1, number))


CONNECTED = TwsConnected(176, GREETING_TIME.decode())


def lost(driven: Driven) -> str:
    """Turn until the connection is lost; the reason. Nothing may come after it."""
    driven.until_said(TwsLost)
    assert isinstance(driven.inputs[-1], TwsLost)
    assert driven.connection.fileno() is None
    assert not driven.connection.has_backlog
    assert not driven.connection.wants_write
    assert driven.connection.deadline is None
    return driven.inputs[-1].reason


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_session_begins_with_the_version(host: str) -> None:
    with Peer(serve(176, order_id(5))) as peer, Driven(peer.port, host) as driven:
        assert driven.until_said(NextValidId) == [CONNECTED, NextValidId(5)]
        assert driven.connection.deadline is None


def test_the_hello_announces_what_ibapi_speaks_or_less() -> None:
    said: list[bytes] = []

    def script(accepted: socket.socket) -> None:
        said.append(read_hello(accepted))

    with Peer(script, script) as peer:
        for cap in (None, 200):
            with Driven(peer.port, max_server_version=cap) as driven:
                lost(driven)
    assert said[0].startswith(b"API\0\0\0\0\x09v100..2")
    assert said[1] == b"API\0\0\0\0\x09v100..200"


def test_a_greeting_byte_by_byte_and_messages_in_the_same_segment() -> None:
    def script(accepted: socket.socket) -> None:
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        read_hello(accepted)
        whole = greet(176) + order_id(1) + order_id(2)
        for at in range(30):
            accepted.sendall(whole[at : at + 1])
        accepted.sendall(whole[30:])
        until_closed(accepted)

    with Peer(script) as peer, Driven(peer.port) as driven:
        assert driven.until_said(NextValidId, 2) == [CONNECTED, NextValidId(1), NextValidId(2)]


def test_news_before_the_greeting_is_skipped() -> None:
    def script(accepted: socket.socket) -> None:
        read_hello(accepted)
        accepted.sendall(frame(b"14\x001\x002\x003\0") + greet(176))
        until_closed(accepted)

    with Peer(script) as peer, Driven(peer.port) as driven:
        assert driven.until_said(TwsConnected) == [CONNECTED]


def test_nothing_is_sent_before_the_version_is_known() -> None:
    def script(accepted: socket.socket) -> None:
        read_hello(accepted)
        accepted.settimeout(0.1)
        with pytest.raises(TimeoutError):
            accepted.recv(1)
        accepted.settimeout(PATIENCE)
        accepted.sendall(greet(176))
        assert read_frame(accepted) == b"71\x002\x007\0\0"

    with Peer(script) as peer, Driven(peer.port) as driven:
        [error] = driven.connection.call(calls.CancelOrder(5))
        assert isinstance(error, TwsErrorReceived)
        assert (error.id, error.code) == (5, 504)
        assert "nothing was sent" in error.text
        driven.until_said(TwsConnected)
        assert driven.connection.call(calls.StartApi(7)) == []
        lost(driven)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_refused(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Driven(port, host) as driven:
        reason = lost(driven)
    assert f"Nothing listens at {host}:{port}" in reason
    assert driven.of(TwsConnected) == []


def test_an_unknown_host() -> None:
    with Driven(7497, "no-such-host.invalid") as driven:
        assert "has no address" in lost(driven)


def test_accepted_but_silent() -> None:
    with Peer(until_closed) as peer:
        driven = Driven(peer.port, handshake_timeout_s=30.0)
        driven.connect(now_s=1000.0)
        assert driven.connection.deadline == 1030.0
        driven.until(lambda d: not d.connection.wants_write)
        assert driven.connection.expire(1029.9) == []
        driven.inputs += driven.connection.expire(1030.0)
        assert "TCP accepted by 127.0.0.1" in lost(driven)
        assert "no answer to the API handshake within 30 s" in lost(driven)
        assert driven.connection.expire(9999.0) == []


def test_no_answer_to_the_first_packet() -> None:
    """A full queue of connections that nobody accepts behaves like a firewall that drops packets."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        queued = [socket.socket() for _ in range(4)]
        for waiting in queued:
            waiting.setblocking(False)
            waiting.connect_ex(address)
        driven = Driven(address[1])
        driven.connect(0.0)
        driven.turn()
        driven.inputs += driven.connection.expire(30.0)
        assert "No answer at all" in lost(driven)
        for waiting in queued:
            waiting.close()


def test_a_lookup_without_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr("twsbridge_server.tws.lookup._addresses", lambda *_: over.wait(PATIENCE) and [])
    monkeypatch.setattr("twsbridge_server.tws.transport.numeric_addresses", lambda *_: [])
    driven = Driven(7497, "tws.example")
    driven.connect(0.0)
    driven.inputs += driven.connection.expire(30.0)
    assert "The address of the host 'tws.example' was not found within 30 s" in lost(driven)
    over.set()


@pytest.mark.parametrize("partly", [b"", greet(176)[:7]])
def test_closed_during_the_handshake(partly: bytes) -> None:
    def script(accepted: socket.socket) -> None:
        read_hello(accepted)
        accepted.sendall(partly)

    with Peer(script) as peer, Driven(peer.port) as driven:
        assert "closed the connection during the API handshake" in lost(driven)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "was announced"),
        (frame(b"abc\x00now\0"), "not a number"),
        (frame(b"226\x00now\0"), "it wants to speak version 226"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "was announced"),
    ],
)
def test_a_peer_that_is_no_tws(answer: bytes, words: str) -> None:
    def script(accepted: socket.socket) -> None:
        read_hello(accepted)
        accepted.sendall(answer)
        until_closed(accepted)

    with Peer(script) as peer, Driven(peer.port, max_server_version=225) as driven:
        reason = lost(driven)
    assert "does not answer as TWS does" in reason
    assert words in reason


def test_what_tws_says_before_it_closes_is_delivered_first() -> None:
    clash = frame(text_message(176, 4, 2, -1, 326, "client id already in use", ""))

    def script(accepted: socket.socket) -> None:
        read_hello(accepted)
        accepted.sendall(greet(176))
        assert read_frame(accepted).startswith(b"71\0")
        accepted.sendall(clash + b"".join(map(order_id, range(50))))

    with Peer(script) as peer, Driven(peer.port) as driven:
        driven.until_said(TwsConnected)
        driven.connection.call(calls.StartApi(1))
        driven.until_said(TwsLost, max_messages=7)
        assert "is gone: it was closed by TWS" in lost(driven)
        assert driven.inputs[1] == TwsErrorReceived(-1, 326, "client id already in use")
        assert [said.order_id for said in driven.of(NextValidId)] == list(range(50))


def test_a_reset_after_a_fill() -> None:
    def script(accepted: socket.socket) -> None:
        read_hello(accepted)
        accepted.sendall(greet(176) + order_id(5))
        read_frame(accepted)
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with Peer(script) as peer, Driven(peer.port) as driven:
        driven.until_said(NextValidId)
        driven.connection.call(calls.ReqPositions())
        assert "Connection reset by peer" in lost(driven)


def test_a_call_on_a_dead_connection_loses_nothing_that_was_said() -> None:
    def script(accepted: socket.socket) -> None:
        read_hello(accepted)
        accepted.sendall(greet(176))
        read_frame(accepted)
        accepted.sendall(order_id(5))

    with Peer(script) as peer, Driven(peer.port) as driven:
        driven.until_said(TwsConnected)
        connection = driven.connection
        connection.call(calls.StartApi(1))
        assert peer.finished.wait(PATIENCE)
        give_up = time.monotonic() + PATIENCE
        while not connection.has_backlog and time.monotonic() < give_up:
            assert connection.call(calls.ReqCurrentTime()) == []
        assert connection.has_backlog
        lost(driven)
        assert [type(said) for said in driven.inputs] == [TwsConnected, NextValidId, TwsLost]


def test_an_impossible_length_ends_the_session_after_the_good_messages() -> None:
    with Peer(serve(176, order_id(5) + b"\xff\xff\xff\xff" + b"x" * 50)) as peer, Driven(peer.port) as driven:
        reason = lost(driven)
    assert driven.of(NextValidId) == [NextValidId(5)]
    assert "sent what cannot be a message" in reason


def test_poison_in_the_middle_is_kept_and_the_session_goes_on() -> None:
    poison = text_message(176, 3, 7, "Filled", "NOTANUMBER", 0, 0, 0, 0, 0, 1, "", 0)
    with Peer(serve(176, order_id(1) + frame(poison) + order_id(2))) as peer, Driven(peer.port) as driven:
        driven.until_said(NextValidId, 2)
        assert [type(said) for said in driven.inputs] == [TwsConnected, NextValidId, TwsPoison, NextValidId]
        assert [payload for payload, _ in driven.quarantine] == [poison]


def test_a_turn_is_bounded_and_says_that_there_is_more() -> None:
    with Peer(serve(176, b"".join(map(order_id, range(1000))))) as peer, Driven(peer.port) as driven:
        driven.until_said(NextValidId)
        sizes = []
        while len(driven.of(NextValidId)) < 1000:
            before = len(driven.inputs)
            driven.turn(max_messages=10)
            sizes.append(len(driven.inputs) - before)
        assert max(sizes) == 10
        assert not driven.connection.has_backlog
        assert [said.order_id for said in driven.of(NextValidId)] == list(range(1000))


def test_a_large_request_goes_out_whole_to_a_slow_reader() -> None:
    count, got = 6000, []
    asked = threading.Event()
    order = Order(action="BUY", quantity="100", order_type="LMT", limit_price=190.0)

    def script(accepted: socket.socket) -> None:
        read_hello(accepted)
        accepted.sendall(greet(176))
        assert asked.wait(PATIENCE)
        got.extend(read_frame(accepted) for _ in range(count))

    with Peer(script, receive_buffer=4096) as peer, Driven(peer.port) as driven:
        driven.until_said(TwsConnected)
        for number in range(count):
            driven.connection.call(calls.PlaceOrder(number, Contract(con_id=1), order, "R" * 200))
        asked.set()
        driven.until(lambda _: peer.finished.is_set())
    assert [payload.split(b"\0")[1] for payload in got] == [b"%d" % number for number in range(count)]


def test_nothing_of_an_old_connection_is_delivered_after_a_new_one() -> None:
    like_a_greeting = frame(text_message(176, 53, 1))
    burst = b"".join(map(order_id, range(500))) + like_a_greeting * 10
    with Peer(serve(176, burst), serve(200, order_id(9999, 200))) as peer:
        driven = Driven(peer.port)
        driven.connect()
        driven.until_said(NextValidId, max_messages=1)
        assert driven.connection.has_backlog
        driven.inputs.clear()
        driven.connect()
        driven.until_said(NextValidId)
        assert driven.inputs == [TwsConnected(200, GREETING_TIME.decode()), NextValidId(9999)]
        driven.connection.close()


def test_closing_says_nothing_and_can_be_repeated() -> None:
    with Peer(serve(176)) as peer, Driven(peer.port) as driven:
        driven.until_said(TwsConnected)
        connection = driven.connection
        for _ in range(2):
            connection.close()
        assert connection.fileno() is None
        assert (connection.receive(10), connection.flush(), connection.expire(1e9)) == ([], [], [])
        [error] = connection.call(calls.ReqCurrentTime())
        assert isinstance(error, TwsErrorReceived)


def test_a_session_in_protobuf() -> None:
    with Peer(serve(225, frame(proto_message(9, NextValidIdProto(orderId=5))))) as peer:
        with Driven(peer.port, max_server_version=225) as driven:
            driven.until_said(NextValidId)
            assert driven.inputs == [TwsConnected(225, GREETING_TIME.decode()), NextValidId(5)]


def padded(size: int, version: int = 176) -> bytes:
    """Whole frames of CURRENT_TIME (49) and one long one, exactly `size` bytes."""
    small = frame(text_message(version, 49, 1, 1_776_094_020))
    count = size // len(small) - 20
    rest = size - count * len(small) - len(frame(text_message(version, 15, 1, "")))
    return small * count + frame(text_message(version, 15, 1, "D" * rest))


@pytest.mark.parametrize("pages", [1, 2, 5])
def test_a_burst_that_ends_on_a_page_and_is_followed_by_silence(pages: int) -> None:
    burst = padded(4096 * pages)
    assert len(burst) == 4096 * pages
    with Peer(serve(176, burst)) as peer, Driven(peer.port) as driven:
        driven.until_said(CurrentTime, burst.count(b"49\0"))


class Listener(EWrapper):
    """Counts what ibapi's own reader delivers."""

    def __init__(self) -> None:
        self.count = 0

    def currentTime(self, time: int) -> None:
        self.count += 1


def test_the_same_burst_through_ibapis_own_reader_is_lost() -> None:
    """The reason why ibapi's connection is replaced. When this fails, ibapi has been repaired."""
    burst = padded(4096)

    def script(accepted: socket.socket) -> None:
        read_hello(accepted)
        accepted.sendall(greet(176))
        read_frame(accepted)
        accepted.sendall(burst)
        accepted.settimeout(1.5)
        with pytest.raises(TimeoutError):
            accepted.recv(1)

    listener = Listener()
    with Peer(script) as peer:
        client = EClient(listener)
        client.connect("127.0.0.1", peer.port, 1)
        reader = client.reader
        client.run()
        reader.join(PATIENCE)
    assert listener.count < burst.count(b"49\0")


def captured(version: int) -> list[bytes]:
    """Payloads of a lively session."""
    fills = [
        text_message(version, 11, *execution_fields(version, exec_id=f"0000e0d5.69dd7411.01.{n:02}")) for n in (1, 2)
    ]
    ticks = [text_message(version, 1, 6, 1001 + n % 2, 1 + n % 2, 190 + n / 100, 100 * n, 1) for n in range(20)] + [
        text_message(version, 46, 6, 1001, 45, "1776094020")
    ]
    poison = text_message(version, 3, 7, "Filled", "NOTANUMBER")
    return [text_message(version, 15, 1, "DU1234567"), *ticks, fills[0], poison, *ticks, fills[1], *ticks[:3]]


def apart(inputs: Iterable[TwsInput]) -> list[TwsInput]:
    """One tick in each `Ticks`, neighbouring ones by line: where a turn ends decides which of them are joined."""
    single: list[TwsInput] = []
    for is_tick, run in groupby(inputs, lambda said: isinstance(said, Ticks)):
        if is_tick:
            ticks = (Ticks(said.req_id, (tick,)) for said in run if isinstance(said, Ticks) for tick in said.ticks)
            single += sorted(ticks, key=lambda said: said.req_id)
        else:
            single += run
    return single


def ignored(payload: bytes, why: str) -> None:
    """A quarantine that keeps nothing."""


@pytest.mark.parametrize("version", [176, 200, 203])
@given(cuts=st.lists(st.integers(0, 4000), max_size=12), limit=st.integers(1, 40))
def test_any_chunking_of_a_stream_gives_the_same_inputs(version: int, cuts: list[int], limit: int) -> None:
    payloads = captured(version)
    whole = apart(MessageDecoder(version, ignored).decode(payloads))
    stream = b"".join(map(frame, payloads))
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    framer, decoder = Framer(), MessageDecoder(version, ignored)
    got: list[TwsInput] = []
    for start, end in zip(edges, edges[1:], strict=False):
        framer.feed(stream[start:end])
        while framer.is_ready:
            got += decoder.decode(framer.take(limit))
    assert apart(got) == whole
    assert len([said for said in whole if isinstance(said, ExecutionReceived)]) == 2


@settings(max_examples=15)
@given(cuts=st.lists(st.integers(0, 4000), max_size=5), limit=st.integers(1, 40))
def test_any_segments_over_tcp_give_the_same_inputs(cuts: list[int], limit: int) -> None:
    payloads = captured(200)
    whole = apart(MessageDecoder(200, ignored).decode(payloads))
    stream = b"".join(map(frame, payloads))
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    parts = [stream[start:end] for start, end in zip(edges, edges[1:], strict=False)]
    with Peer(in_segments(200, parts)) as peer, Driven(peer.port) as driven:
        driven.until(lambda d: len(apart(d.inputs)) > len(whole), limit)
    assert apart(driven.inputs[1:]) == whole


def in_segments(version: int, parts: list[bytes]) -> Script:
    """The greeting together with the first part, each later part in a segment of its own."""

    def script(accepted: socket.socket) -> None:
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        read_hello(accepted)
        accepted.sendall(greet(version) + parts[0])
        for part in parts[1:]:
            accepted.sendall(part)
        until_closed(accepted)

    return script
