from __future__ import annotations

from typing import get_args

from twsbridge_server.core import inputs, stream_inputs
from twsbridge_server.core.answers import FIRST_REQUEST_ID


def test_what_has_no_id_is_never_taken_for_a_request() -> None:
    assert stream_inputs.NO_ID < 0 < FIRST_REQUEST_ID
    assert {stream_inputs.Ticks, stream_inputs.StreamRows} <= set(get_args(inputs.TwsInput))
