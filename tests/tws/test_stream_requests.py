from __future__ import annotations

import pytest

from tests.tws.messages import fields_of
from tests.tws.stream_requests import STREAM_TEXTS
from twsbridge_server.core import stream_calls as streams
from twsbridge_server.tws.encoder import CANNOT_ENCODE, Encoder


@pytest.mark.parametrize("call", list(STREAM_TEXTS), ids=lambda call: type(call).__name__)
def test_requests_of_the_text_era(call: streams.StreamCall) -> None:
    encoded = Encoder(176).encode(call)
    assert encoded.errors == []
    assert fields_of(encoded.data[4:]) == STREAM_TEXTS[call]


@pytest.mark.parametrize("version", [200, 201, 222])
@pytest.mark.parametrize("call", list(STREAM_TEXTS), ids=lambda call: type(call).__name__)
def test_every_version_can_be_asked(version: int, call: streams.StreamCall) -> None:
    encoded = Encoder(version).encode(call)
    assert encoded.errors == [] and len(encoded.data) > 4


def test_a_filter_that_is_no_number_is_refused_and_nothing_sent() -> None:
    call = streams.ReqScanner(9, "STK", "STK.US.MAJOR", "TOP_PERC_GAIN", 10, (("abovePrice", "cheap"),))
    data, (error,) = Encoder(176).encode(call)
    assert data == b"" and (error.id, error.code) == (9, CANNOT_ENCODE)
