"""The list of requests that are declined."""

from __future__ import annotations

import re

from ibapi.message import OUT

from twssim.protobuf.requests import READERS as PROTOBUF_READERS
from twssim.text_requests import READERS
from twssim.unsupported import UNSUPPORTED

CLIENT_SIDE = range(501, 594)


def test_every_message_of_the_official_client_is_answered_or_declined() -> None:
    known = {number for name, number in vars(OUT).items() if re.fullmatch("[A-Z_]+", name)}
    answered = {*READERS, *PROTOBUF_READERS}
    assert answered | set(UNSUPPORTED) == known
    assert not answered & set(UNSUPPORTED)


def test_codes_that_only_a_client_makes_are_never_sent() -> None:
    assert not [refusal for refusal in UNSUPPORTED.values() if refusal.code in CLIENT_SIDE]


def test_a_declined_request_says_why() -> None:
    assert all(refusal.text for refusal in UNSUPPORTED.values() if refusal.code)
