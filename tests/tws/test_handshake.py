from __future__ import annotations

import pytest
from ibapi.server_versions import MAX_CLIENT_VER, MIN_CLIENT_VER

from twsbridge_server.tws.handshake import (
    Greeting,
    GreetingError,
    client_hello,
    highest_version,
    read_greeting,
)


def test_the_hello_is_the_prefix_and_one_frame_with_the_range() -> None:
    assert client_hello(176) == b"API\0" + b"\0\0\0\x09v100..176"


@pytest.mark.parametrize(
    ("cap", "highest"),
    [(None, MAX_CLIENT_VER), (200, 200), (9999, MAX_CLIENT_VER), (3, MIN_CLIENT_VER)],
)
def test_the_installed_ibapi_and_the_operator_limit_the_version(cap: int | None, highest: int) -> None:
    assert highest_version(cap) == highest


def test_a_greeting_with_the_name_of_a_windows_zone() -> None:
    said = b"200\x0020260405 23:49:26 Central European Standard Time\0"
    assert read_greeting(said, 225) == Greeting(200, "20260405 23:49:26 Central European Standard Time")


def test_a_connection_time_in_a_strange_alphabet_is_kept_as_far_as_possible() -> None:
    greeting = read_greeting(b"200\x00Mitteleurop\xe4ische Zeit\0", 225)
    assert greeting is not None
    assert greeting.connection_time == "Mitteleurop\ufffdische Zeit"


@pytest.mark.parametrize("news", [b"", b"\0", b"14\x001\x002\x003\0", b"200\0no end"])
def test_something_else_before_the_greeting_is_skipped(news: bytes) -> None:
    assert read_greeting(news, 225) is None


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (b"HTTP/1.1\x00OK\0", "not a number"),
        (b"-1\x00redirect\0", "not a number"),
        (b"99\x00now\0", "version 99; 100 to 225"),
        (b"226\x00now\0", "version 226; 100 to 225"),
    ],
)
def test_a_greeting_that_cannot_be_understood(said: bytes, fault: str) -> None:
    with pytest.raises(GreetingError, match=fault):
        read_greeting(said, 225)
