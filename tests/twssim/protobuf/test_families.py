"""The versions at which families of messages changed over, compared with the official client's table."""

from __future__ import annotations

from ibapi.common import PROTOBUF_MSG_IDS

from twssim.protobuf.answers import WRITERS
from twssim.protobuf.families import ANSWERS, REQUESTS
from twssim.protobuf.messages import message_class

ALWAYS = {106: 215, 107: 215, 108: 219, 109: 221}


def test_requests_turn_protobuf_when_the_official_client_turns_them() -> None:
    assert {number: since for number, (since, _) in REQUESTS.items()} == {**PROTOBUF_MSG_IDS, **ALWAYS}


def test_every_message_class_exists() -> None:
    assert all(message_class(kind)() is not None for _, kind in REQUESTS.values())


def test_every_answer_has_its_version() -> None:
    assert set(ANSWERS) == set(WRITERS)
    assert set(ANSWERS.values()) <= {*range(201, 214), *ALWAYS.values()}
