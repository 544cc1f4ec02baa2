from __future__ import annotations

from typing import get_args

from twsbridge_server.core import calls, stream_calls
from twsbridge_server.core.pacing import LANES, Lane


def test_every_stream_request_can_be_sent_and_gives_way_to_orders() -> None:
    assert set(get_args(stream_calls.StreamCall)) <= set(get_args(calls.TwsCall))
    assert all(LANES[kind] > Lane.PLACE for kind in get_args(stream_calls.StreamCall))
