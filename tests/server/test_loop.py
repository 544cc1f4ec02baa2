import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.server.rig import Rig, rig
from tests.waiting import PATIENCE
from twsbridge.protocol.commands import GetStatus, Ping
from twsbridge.protocol.models import Commission
from twsbridge.protocol.replies import Pong
from twsbridge.protocol.stream_rows import Tick
from twsbridge_server.clock import Clock
from twsbridge_server.core import effects as fx
from twsbridge_server.core.calls import ReqCurrentTime
from twsbridge_server.core.degraded import JournalFails, JournalWorks
from twsbridge_server.core.inputs import (
    CommandReceived,
    CommissionReceived,
    CurrentTime,
    DrainAsked,
    Started,
    SubscriptionOpened,
    TimePassed,
    TwsConnected,
    TwsLost,
)
from twsbridge_server.core.stream_inputs import Ticks
from twsbridge_server.errors import CoreFailed, DiskFailed, JournalFailed


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as one:
        yield one


def pong(asked: CommandReceived) -> list[fx.Effect]:
    return [fx.SendReply(asked.client.route, asked.request_id, asked.command.name, body=Pong(server_ts_us=1))]


def test_it_runs_from_started_to_stop(one: Rig) -> None:
    one.core.on[Started] = lambda _: [fx.ConnectTws()]
    one.core.on[DrainAsked] = lambda _: [fx.Stop()]
    one.wishes.ask()
    one.loop.run()
    assert one.core.inputs == [Started(), DrainAsked()]
    assert one.tws.asked == ["connect", "expire"]


def test_the_goodbye_comes_after_everything_else(one: Rig) -> None:
    one.tws.says = [CurrentTime(1)]
    one.wishes.ask()
    one.loop.turn()
    assert one.core.inputs == [CurrentTime(1), DrainAsked()]


def test_what_waits_for_tws_is_sent_before_the_end(one: Rig) -> None:
    def stop(_: object) -> list[fx.Effect]:
        one.tws.wants_write = True
        return [fx.Stop()]

    one.core.on[Started] = stop
    one.loop.run()
    assert one.tws.asked == ["flush"]


def test_a_second_wish_is_given_to_the_core_which_has_no_more_time(one: Rig) -> None:
    one.core.on[DrainAsked] = lambda _: [fx.Stop()] if len(one.got(DrainAsked)) == 2 else []
    one.core.on[TimePassed] = lambda _: one.wishes.ask() or []
    began = time.time_ns() // 1000
    one.core.on[Started] = lambda _: one.wishes.ask() or [fx.WakeAt(began + 50_000)]
    one.loop.run(60.0)
    assert one.core.inputs == [Started(), DrainAsked(), TimePassed(), DrainAsked()]


def test_a_core_that_never_says_stop_is_stopped(one: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twsbridge_server.loop.LAST_WORDS_S", 0.2)
    one.wishes.ask()
    one.loop.run()
    assert one.got(DrainAsked) == [DrainAsked()]


def test_a_wish_wakes_a_loop_that_waits(one: Rig) -> None:
    one.core.on[DrainAsked] = lambda _: [fx.Stop()]
    waiting = threading.Event()
    one.core.on[Started] = lambda _: waiting.set() or []
    asking = threading.Thread(target=lambda: waiting.wait(PATIENCE) and one.wishes.ask())
    asking.start()
    one.loop.run()
    asking.join()
    assert one.got(DrainAsked)


def test_timers_ring_when_they_are_due(one: Rig) -> None:
    began = time.time_ns() // 1000
    one.core.on[CommandReceived] = lambda _: [fx.WakeAt(began + 60_000_000), fx.WakeAt(began + 50_000)]
    one.ask(one.peer.dealer())
    one.until(lambda: one.got(TimePassed), "the timer")
    assert time.time_ns() // 1000 >= began + 50_000
    assert len(one.got(TimePassed)) == 1


def test_a_command_is_answered(one: Rig) -> None:
    one.core.on[CommandReceived] = pong
    socket = one.peer.dealer()
    one.ask(socket, Ping(), "42")
    reply = one.reply(socket)
    assert (reply.ok, reply.request_id, reply.body) == (True, "42", {"server_ts_us": 1})


def test_a_defect_in_the_core_hits_one_command_alone(one: Rig, caplog: pytest.LogCaptureFixture) -> None:
    def broken(asked: CommandReceived) -> list[fx.Effect]:
        if asked.command == GetStatus():
            raise ZeroDivisionError("deep inside")
        return pong(asked)

    one.core.on[CommandReceived] = broken
    unlucky, lucky = one.peer.dealer(), one.peer.dealer()
    one.ask(unlucky, GetStatus(), "a")
    one.ask(lucky, Ping(), "b")
    refused = one.reply(unlucky)
    assert (refused.ok, refused.request_id) == (False, "a")
    assert (refused.body["code"], refused.body["outcome"]) == ("br.internal", "unknown")
    assert "deep inside" not in str(refused.body)
    assert one.reply(lucky).ok
    assert "deep inside" in caplog.text


def test_a_defect_in_the_core_over_a_message_of_tws_is_survived(one: Rig, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: object) -> list[fx.Effect]:
        raise ZeroDivisionError("deep inside")

    one.core.on[CurrentTime] = broken
    one.tws.says = [CurrentTime(1), TwsConnected(200, "")]
    one.until(lambda: one.got(TwsConnected))
    assert "CurrentTime could not be handled" in caplog.text


def test_what_a_request_makes_happen_comes_in_the_next_turn(one: Rig) -> None:
    one.tws.answers[ReqCurrentTime] = [CurrentTime(7)]
    one.core.on[TwsConnected] = lambda _: [fx.CallTws(ReqCurrentTime())]
    one.tws.says = [TwsConnected(200, "")]
    one.loop.turn()
    assert one.core.inputs == [TwsConnected(200, "")]
    one.loop.turn()
    assert one.core.inputs == [TwsConnected(200, ""), CurrentTime(7)]


def test_the_descriptor_of_tws_wakes_the_loop(one: Rig) -> None:
    ringing = threading.Thread(target=one.tws.ring)
    ringing.start()
    one.loop.turn()
    ringing.join()
    one.tws.wants_write = True
    one.tws.is_open = False
    one.tws.says = [CurrentTime(1)]
    one.until(lambda: one.got(CurrentTime))


def test_a_deadline_of_tws_is_watched(one: Rig) -> None:
    one.loop.turn()
    one.tws.deadline = time.monotonic() + 0.05
    one.loop.turn()
    assert one.tws.asked == ["expire"]
    assert time.monotonic() >= one.tws.deadline


def test_commands_get_their_turn_in_a_flood_of_ticks(one: Rig) -> None:
    one.core.on[CommandReceived] = pong
    socket = one.peer.dealer()
    one.ask(socket, Ping())
    one.reply(socket)
    one.tws.says = [Ticks(1, (Tick(1, 2.5),))] * 100_000
    one.ask(socket, Ping())
    assert socket.poll(0) == 0
    one.reply(socket)
    assert 0 < len(one.got(Ticks)) < 50_000
    assert one.tws.says


def test_one_turn_is_one_transaction(one: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    commits: list[int] = []
    monkeypatch.setattr(one.journal, "commit", lambda: commits.append(len(one.core.inputs)))
    seqs = iter(range(1, 1_000))
    one.core.on[CurrentTime] = lambda _: [fx.AppendJournal(fx.EventRow("sys|", next(seqs), "notice", 1, 0, {}))]
    one.tws.says = [CurrentTime(n) for n in range(100)]
    one.loop.turn()
    assert commits == [100]


def test_ticks_are_out_before_the_disk_is_asked(one: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    socket = one.peer.subscriber("md", b"md|1@SMART|")
    one.until(lambda: one.got(SubscriptionOpened))
    monkeypatch.setattr(one.journal, "commit", lambda: out.append(socket.poll(1_000) > 0))
    out: list[bool] = []
    row = fx.AppendJournal(fx.EventRow("sys|", 1, "notice", 1, 0, {}))
    one.core.on[Ticks] = lambda _: [row, fx.PublishTicks("md|1@SMART|", "ticks", 1, 5, (Tick(1, 2.5),))]
    one.tws.says = [Ticks(1, (Tick(1, 2.5),))]
    one.loop.turn()
    assert out == [True]


def full(one: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*row: object) -> None:
        raise DiskFailed("The journal cannot be written: no space left")

    monkeypatch.setattr(one.journal, "append", no_room)
    monkeypatch.setattr(one.journal, "mend", no_room)


def test_a_full_disk_is_told_to_the_core_and_nothing_of_the_turn_is_done(
    one: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = fx.AppendJournal(fx.EventRow("sys|", 1, "notice", 1, 0, {}))
    call = fx.CallTws(ReqCurrentTime())
    one.core.on[CurrentTime] = lambda _: [event, call]
    one.core.on[JournalFails] = lambda _: [fx.ConnectTws()]
    full(one, monkeypatch)
    one.tws.says = [CurrentTime(1)]
    one.loop.turn()
    (failed,) = one.got(JournalFails)
    assert CurrentTime(1) in failed.turn and failed.undone == (event, call)
    assert failed.restored.heads == {}
    assert one.tws.asked[0] == "connect"


def test_the_core_is_told_when_the_disk_works_again(one: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twsbridge_server.disk_watch.RETRY_S", (0.01,))
    one.core.on[CurrentTime] = lambda _: [fx.AppendJournal(fx.EventRow("sys|", 1, "notice", 1, 0, {}))]
    full(one, monkeypatch)
    one.tws.says = [CurrentTime(1)]
    one.loop.turn()
    monkeypatch.undo()
    one.until(lambda: one.got(JournalWorks), "it works again")
    assert one.journal.head("sys|") == (1, 1)


def test_a_journal_that_fails_ends_the_loop(one: Rig) -> None:
    one.core.on[CommandReceived] = lambda asked: [
        fx.AppendJournal(fx.EventRow("sys|", 5, "notice", 1, 0, {})),
        *pong(asked),
    ]
    socket = one.peer.dealer()
    one.ask(socket)
    with pytest.raises(JournalFailed):
        one.loop.run()
    assert not socket.poll(100)


def test_how_much_is_left_is_told_at_once(one: Rig) -> None:
    one.loop.turn()
    (said,) = one.core.spaces
    assert said.free_bytes > 0


def test_a_defect_over_a_fill_ends_the_bridge_rather_than_lose_it(one: Rig) -> None:
    said = CommissionReceived(Commission(exec_id="E", commission=Decimal(1), currency="USD"))
    one.core.on[CommissionReceived] = lambda _: 1 // 0
    one.tws.says = [said]
    with pytest.raises(CoreFailed, match="journaled stands"):
        one.until(lambda: one.got(TwsConnected))


@pytest.mark.parametrize("slept_s", [0, 3600])
def test_a_session_that_the_machine_slept_through_is_left_before_any_command_is_looked_at(
    one: Rig, slept_s: int
) -> None:
    steady = [0]
    one.loop._clock = Clock(lambda: 0, lambda: steady[0], lambda: 0)
    one.core.on[Started] = lambda _: [fx.ConnectTws()]
    one.loop._take([Started()])
    steady[0] += slept_s * 1_000_000_000
    one.tws.says = [CurrentTime(1)]
    one.loop.turn()
    lost = one.got(TwsLost)
    assert [each.reason[:30] for each in lost] == (["This machine slept for 3600 s:"] if slept_s else [])
    assert ("close" in one.tws.asked) == bool(slept_s)
    one.loop.turn()
    assert one.got(TwsLost) == lost
