"""Every request as the official client encodes it from server version 201 on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ibapi.message import OUT

from tests.twssim.test_text_requests import CALLS, Encoder, executions_filter, history
from twssim import requests as req
from twssim.profile import profile_of
from twssim.protobuf.families import REQUESTS
from twssim.protobuf.requests import READERS, read_request
from twssim.text_requests import READERS as TEXT_READERS
from twssim.wire import UnreadableRequest


def encoded(call: Callable[[Encoder], None], version: int) -> req.Request:
    encoder = Encoder(version)
    call(encoder)
    return profile_of(version).read(encoder.sent)


@pytest.mark.parametrize("version", [201, 203, 206, 208, 212, 213, 225])
@pytest.mark.parametrize(("call", "expected"), CALLS, ids=[type(expected).__name__ for _, expected in CALLS])
def test_the_official_encoding_is_understood(
    call: Callable[[Encoder], None], expected: req.Request, version: int
) -> None:
    assert encoded(call, version) == expected


def test_the_same_requests_are_answered_as_in_text() -> None:
    always_protobuf = {message_id for message_id, (since, _) in REQUESTS.items() if since > 213}
    always_text = {OUT.VERIFY_AND_AUTH_REQUEST, OUT.VERIFY_AND_AUTH_MESSAGE}
    assert set(READERS) - always_protobuf == set(TEXT_READERS) - always_text
    assert set(REQUESTS) == set(READERS)


def test_what_only_some_versions_have() -> None:
    wanted = executions_filter()
    wanted.lastNDays, wanted.specificDates = 3, [20261120, 20261123]
    request = encoded(lambda c: c.reqExecutions(9, wanted), 225)
    assert isinstance(request, req.RequestExecutions)
    assert (request.last_n_days, request.specific_dates) == (3, ("20261120", "20261123"))
    assert encoded(lambda c: c.reqCurrentTimeInMillis(), 213) == req.RequestCurrentTimeInMillis()
    kept = encoded(history(keep=True), 225)
    assert isinstance(kept, req.RequestHistoricalBars) and kept.keep_up_to_date


@pytest.mark.parametrize("message_id", sorted(REQUESTS))
def test_a_request_without_any_field_can_be_read(message_id: int) -> None:
    assert read_request(message_id, b"", 225)


def test_a_family_is_not_protobuf_before_its_version() -> None:
    with pytest.raises(UnreadableRequest, match="message 71 is not protobuf at server version 212"):
        read_request(71, b"", 212)
    with pytest.raises(UnreadableRequest, match="message 199"):
        read_request(199, b"", 225)


@given(st.sampled_from(sorted(REQUESTS)), st.binary(max_size=40))
def test_arbitrary_bytes_give_a_request_or_unreadable(message_id: int, body: bytes) -> None:
    try:
        read_request(message_id, body, 225)
    except UnreadableRequest as reason:
        assert str(reason)
