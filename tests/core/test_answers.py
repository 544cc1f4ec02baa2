from __future__ import annotations

from tests.core.rig import asked
from twsbridge.protocol import commands
from twsbridge.protocol.replies import Pong
from twsbridge_server.core.answers import FIRST_REQUEST_ID, LAST_REQUEST_ID, RequestIds, answer, refuse


def test_request_ids_begin_above_order_ids_made_of_seconds_and_stay_within_32_bits() -> None:
    ids = RequestIds()
    assert [ids.next(), ids.next()] == [FIRST_REQUEST_ID, FIRST_REQUEST_ID + 1]
    assert FIRST_REQUEST_ID > 1_900_000_000 and LAST_REQUEST_ID < 2**31 - 1
    ids._last = LAST_REQUEST_ID - 1
    assert [ids.next(), ids.next()] == [LAST_REQUEST_ID, FIRST_REQUEST_ID]


def test_an_answer_goes_back_the_way_its_command_came() -> None:
    ping = asked(commands.Ping(), request_id="x")
    for reply in (answer(ping, Pong(server_ts_us=1)), refuse(ping, "br.starting", "not yet")):
        assert (reply.route, reply.request_id, reply.command) == (b"route", "x", "ping")
        assert (reply.body is None) != (reply.error is None)
