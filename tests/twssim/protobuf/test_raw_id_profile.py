"""Server versions from 201 on: raw ids, one form per family, silence to a client that speaks the other."""

from __future__ import annotations

import pytest

from tests.twssim.official import NOON, OfficialClient, errors, gateway
from twssim import answers as ans
from twssim import requests as req
from twssim.protobuf.raw_id_profile import RawIdProfile, with_raw_ids
from twssim.session import Session
from twssim.wire import UnreadableRequest, frame, message

TEXT_START = message(71, 2, 7, "")[4:]
RAW_TEXT_START = bytes.fromhex("00000047") + b"2\x007\0\0"
PROTOBUF_START = bytes.fromhex("0000010f0807")
FORMS = {200: TEXT_START, 201: RAW_TEXT_START, 212: RAW_TEXT_START, 213: PROTOBUF_START, 225: PROTOBUF_START}
"""startApi of client 7 as the official client was recorded to send it."""


def greeted(version: int) -> Session:
    session = gateway(server_version=version).open_session()
    assert session is not None
    session.receive(b"API\0" + frame(b"v100..225"))
    session.take_output()
    return session


@pytest.mark.parametrize("version", FORMS)
def test_start_api_in_its_form_is_answered_and_in_any_other_there_is_silence(version: int) -> None:
    for form in set(FORMS.values()):
        session = greeted(version)
        session.receive(frame(form))
        session.gateway.advance(NOON + 1)
        assert session.started == (form == FORMS[version]) == bool(session.take_output())
        assert not session.closed


def test_a_request_in_the_wrong_form_is_unreadable() -> None:
    profile = RawIdProfile(206)
    assert profile.read(bytes.fromhex("000000c9") + b"")  # market data, without any field
    assert profile.read(bytes.fromhex("0000003d") + b"1\0") == req.RequestPositions()
    for wrong in (b"", b"\0\0\0", bytes.fromhex("00000001") + b"11\0", bytes.fromhex("00000105")):
        with pytest.raises(UnreadableRequest):
            profile.read(wrong)


def test_after_start_api_the_wrong_form_is_error_320() -> None:
    client = OfficialClient(gateway(), version=225)
    client.after(1.0)
    client.session.receive(frame(bytes.fromhex("0000003d") + b"1\0"))
    assert errors(client.take()) == [(-1, 320)]


def test_answers_of_the_first_mixed_versions() -> None:
    end, status = ans.ExecutionDetailsEnd(9), ans.NextValidId(7)
    assert RawIdProfile(201).write(end) == frame(bytes.fromhex("000000ff0809"))
    assert RawIdProfile(212).write(status) == frame(bytes.fromhex("00000009") + b"1\x007\0")
    assert RawIdProfile(213).write(status) == frame(bytes.fromhex("000000d10807"))


def test_raw_ids_replace_the_first_field_of_every_frame() -> None:
    written = with_raw_ids(message(17, 9, 0) + message(108, 9))
    assert written == frame(b"\0\0\0\x119\x000\0") + frame(b"\0\0\0\x6c9\0")
