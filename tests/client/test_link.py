from __future__ import annotations

import socket as sockets
from collections.abc import Iterator

import pytest
import zmq

from tests.client.fake_bridge import Keys, running
from tests.waiting import PATIENCE, eventually
from twsbridge import link as link_module
from twsbridge.connection import Connection
from twsbridge.link import Link, LinkEvent, receive
from twsbridge.protocol.commands import Ping
from twsbridge.protocol.envelope import CommandHeader, decode_reply, encode_command


@pytest.fixture
def context() -> Iterator[zmq.Context[zmq.Socket[bytes]]]:
    with zmq.Context() as context:
        yield context


def opened(context: zmq.Context[zmq.Socket[bytes]], connection: object) -> Link:
    link = Link(context, Connection.model_validate(connection))
    link.open()
    return link


def first_of(link: Link, *wanted: LinkEvent) -> LinkEvent:
    seen: list[LinkEvent] = []

    def found() -> bool:
        seen.extend(link.happenings())
        return any(each in wanted for each in seen)

    eventually(found, f"{wanted}")
    return next(each for each in seen if each in wanted)


def test_a_known_key_gets_through_and_a_death_is_seen(context: zmq.Context[zmq.Socket[bytes]]) -> None:
    with running() as bridge:
        link = opened(context, bridge.connection)
        assert first_of(link, *LinkEvent) is LinkEvent.UP
        bridge.close()
        assert first_of(link, LinkEvent.DOWN) is LinkEvent.DOWN
        link.close()


def test_an_unknown_client_key_is_refused_at_once(
    context: zmq.Context[zmq.Socket[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "HANDSHAKE_MS", 3_600_000)
    public, secret = (key.decode() for key in Keys().client)
    with running() as bridge:
        link = opened(context, {**bridge.connection, "public_key": public, "secret_key": secret})
        assert first_of(link, LinkEvent.UP, LinkEvent.REFUSED) is LinkEvent.REFUSED
        link.close()


def test_another_bridges_key_is_told_apart(context: zmq.Context[zmq.Socket[bytes]]) -> None:
    with running() as bridge:
        link = opened(context, {**bridge.connection, "server_key": Keys().server[0].decode()})
        assert first_of(link, LinkEvent.UP, LinkEvent.REFUSED, LinkEvent.STRANGE) is LinkEvent.STRANGE
        link.close()


def test_nobody_there_is_told_apart(context: zmq.Context[zmq.Socket[bytes]]) -> None:
    with running() as bridge:
        connection = bridge.connection
    link = opened(context, connection)
    assert first_of(link, *LinkEvent) is LinkEvent.NOBODY
    link.close()


def test_somebody_silent_is_told_apart(
    context: zmq.Context[zmq.Socket[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "HANDSHAKE_MS", 300)
    with sockets.create_server(("127.0.0.1", 0)) as silent, running() as bridge:
        link = opened(context, {**bridge.connection, "cmd": f"tcp://127.0.0.1:{silent.getsockname()[1]}"})
        assert first_of(link, *LinkEvent) is LinkEvent.SILENT
        link.close()


def test_commands_wait_until_there_is_a_connection(context: zmq.Context[zmq.Socket[bytes]]) -> None:
    ping = encode_command(Ping(), CommandHeader(t="ping", id="1"))
    with running() as bridge:
        link = opened(context, bridge.connection)
        link.send([ping])
        eventually(lambda: link.send([]) or not link.has_unsent)
        assert link.cmd.poll(PATIENCE * 1000)
        replies = [decode_reply(frames) for frames in receive(link.cmd, {link.cmd}, 10)]
        assert [reply.request_id for reply in replies] == ["1"]
        link.close()


def test_without_a_connection_they_stay_and_can_be_dropped(context: zmq.Context[zmq.Socket[bytes]]) -> None:
    with running() as bridge:
        connection = bridge.connection
    link = opened(context, connection)
    link.send([[b"x"], [b"y"]])
    assert link.has_unsent
    link.drop_unsent()
    assert not link.has_unsent
    link.close()


def test_only_ready_sockets_are_read(context: zmq.Context[zmq.Socket[bytes]]) -> None:
    with running() as bridge:
        link = opened(context, bridge.connection)
        assert list(receive(link.cmd, set(), 10)) == []
        assert list(receive(link.cmd, {link.cmd}, 10)) == []
        link.close()
