"""A connection from its first byte: handshake, versions, framing, refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.official import NOON, OfficialClient, errors, gateway
from twssim.session import Session
from twssim.text_requests import READERS
from twssim.wire import frame, message


def opened(**settings: int) -> Session:
    session = gateway(**{"server_version": 200, **settings}).open_session()
    assert session is not None
    return session


@pytest.mark.parametrize(
    ("configured", "hello", "version"),
    [(200, "v100..225", 200), (176, "v100..225", 176), (200, "v157..178", 178), (200, "v100..200 +PACEAPI", 200)],
)
def test_the_highest_common_version_is_chosen(configured: int, hello: str, version: int) -> None:
    session = opened(server_version=configured)
    session.receive(b"API\0" + frame(hello.encode()))
    assert session.version == version
    assert session.take_output() == message(version, "20261124 12:00:00 GMT Standard Time")


@pytest.mark.parametrize(
    "opening", [b"GET / HTTP/1.1\r\n\r\n", b"API\0" + frame(b"hello"), b"API\0" + frame(b"v201..225"), b"71\x002\0"]
)
def test_what_is_no_client_is_hung_up_on(opening: bytes) -> None:
    session = opened()
    session.receive(opening)
    assert session.closed and session.take_output() == b""
    session.receive(opening)


@given(st.data())
def test_the_first_bytes_may_arrive_in_any_pieces(data: st.DataObject) -> None:
    session, stream = opened(), b"API\0" + frame(b"v100..225") + message(71, 2, 1, "")
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        session.receive(stream[:size])
        stream = stream[size:]
    assert session.started


def test_before_start_api_nothing_is_answered() -> None:
    session = opened()
    session.receive(b"API\0" + frame(b"v100..225"))
    session.take_output()
    session.receive(message(49, 1) + message(61, 1) + message(3, "nonsense"))
    session.gateway.advance(NOON + 1)
    assert session.take_output() == b""


def test_a_frame_that_is_too_long_ends_the_session() -> None:
    client = OfficialClient(gateway())
    client.session.receive(b"\xff\xff\xff\xff")
    assert client.session.closed and client.session not in client.tws.sessions


def test_a_closed_session_says_nothing_more() -> None:
    client = OfficialClient(gateway())
    client.take()
    client.session.close()
    client.session.close()
    client.session.error(-1, 2104, "late")
    assert client.session.take_output() == b""


@given(st.sampled_from(sorted(READERS)), st.lists(st.text(st.characters(codec="utf-8"), max_size=8), max_size=40))
def test_no_request_whatever_its_fields_breaks_the_session(message_id: int, fields: list[str]) -> None:
    client = OfficialClient(gateway())
    client.session.receive(message(message_id, *fields))
    client.tws.advance(NOON + 15)
    client.session.receive(message(49, 1))
    assert client.session.take_output().endswith(message(49, 1, int(NOON + 15)))


def test_unreadable_and_unknown_messages_are_error_320_and_recorded() -> None:
    client = OfficialClient(gateway())
    client.take()
    client.session.receive(message(9999) + message(1, 11, "x") + frame(b""))
    assert errors(client.take()) == [(-1, 320)] * 3
    assert len(client.tws.ledger.of("unreadable")) == 3
