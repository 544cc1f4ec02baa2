from __future__ import annotations

from twsbridge.courier import Courier
from twsbridge.protocol.commands import Bye, GetStatus, Hello, Ping
from twsbridge.protocol.envelope import CommandHeader, decode_command
from twsbridge.protocol.replies import Welcome

NOW_US = 1_700_000_000_000_000


def welcome(sid: str, ahead_us: int) -> Welcome:
    return Welcome(
        sid=sid, server_ts_us=NOW_US + ahead_us, protocol=(1, 1), version="0.1.0", name="tester", role="trader",
        accounts=[], heads={}, state="READY", beat_ms=1000, caps=[],
    )  # fmt: skip


def headers(courier: Courier) -> list[CommandHeader]:
    return [decode_command(frames).header for frames in courier.take()]


def test_before_a_welcome_there_is_no_session() -> None:
    courier = Courier(lambda: NOW_US)
    asked = courier.say(Hello(protocol=[1, 1]))
    (header,) = headers(courier)
    assert (header.t, header.sid, header.exp, header.id) == ("hello", "", None, asked)


def test_what_needs_a_session_names_the_last_one() -> None:
    courier = Courier(lambda: NOW_US)
    courier.open(welcome("s1", 0))
    courier.open(welcome("s2", 0))
    for command in (GetStatus(), Ping(), Bye()):
        courier.say(command)
    assert [header.sid for header in headers(courier)] == ["s2", "", "s2"]


def test_deadlines_are_in_the_bridges_time() -> None:
    courier = Courier(lambda: NOW_US)
    courier.open(welcome("s1", -7_000_000))
    courier.say(GetStatus(), "mine", 2_000_000)
    (header,) = headers(courier)
    assert (header.id, header.exp) == ("mine", NOW_US - 5_000_000)


def test_frames_are_handed_out_once_and_ids_are_never_the_same() -> None:
    courier = Courier(lambda: NOW_US)
    ids = {courier.say(Ping()) for _ in range(10)}
    assert len(ids) == len(courier.take()) == 10
    assert courier.take() == []
