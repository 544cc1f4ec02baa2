import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq

from tests.server.rig import Rig, rig
from twsbridge.protocol import envelope
from twsbridge.protocol.commands import GetReplay, ListExecutions, Ping
from twsbridge.protocol.envelope import decode_event
from twsbridge.protocol.errors import make_error
from twsbridge.protocol.events import REPLAYED
from twsbridge.protocol.replies import Pong, Replay
from twsbridge.protocol.stream_rows import Tick
from twsbridge_server.alarm import Alarm
from twsbridge_server.core import effects as fx
from twsbridge_server.core.calls import ReqCurrentTime, StartApi
from twsbridge_server.core.inputs import CallMissed, CommandReceived, CurrentTime, SubscriptionOpened, TwsLost
from twsbridge_server.errors import JournalFailed
from twsbridge_server.perform import MAX_REPLAYED, Performer

TOPIC = "sys|"
NOW_US = 1_000


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as one:
        yield one


@pytest.fixture
def performer(one: Rig) -> Performer:
    return Performer(one.shells, Alarm(), lambda: NOW_US)


def journaled(seq: int) -> list[fx.Effect]:
    body = {"text": f"event {seq}"}
    row = fx.EventRow(TOPIC, seq, "notice", seq, 0, body)
    return [fx.AppendJournal(row), fx.PublishEvent(TOPIC, "e" * 16, seq, "notice", seq, 0, body)]


def asked(one: Rig, command: Any, socket: zmq.Socket[bytes]) -> CommandReceived:
    one.ask(socket, command)
    one.until(lambda: one.got(CommandReceived), "the command")
    found: CommandReceived = one.got(CommandReceived)[-1]
    return found


def subscriber(one: Rig) -> zmq.Socket[bytes]:
    socket = one.peer.subscriber("evt", TOPIC.encode(), b"sync|n|")
    one.until(lambda: one.got(SubscriptionOpened), "the subscription")
    return socket


class Watched:
    """A shell that notes when it is used."""

    def __init__(self, thing: Any, names: dict[str, str], notes: list[str]) -> None:
        self._thing, self._names, self._notes = thing, names, notes

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._thing, name)
        if name not in self._names:
            return real

        def noted(*arguments: Any) -> Any:
            self._notes.append(self._names[name])
            return real(*arguments)

        return noted


def test_the_disk_comes_before_everything_but_ticks(one: Rig) -> None:
    """Also for effects that stand before the row in the list: they share its transaction."""
    notes: list[str] = []
    one.sockets.evt = Watched(one.sockets.evt, {"publish": "publish"}, notes)
    one.sockets.cmd = Watched(one.sockets.cmd, {"answer": "answer"}, notes)
    tws = Watched(one.tws, {"call": "call"}, notes)
    journal = Watched(one.journal, {"append": "append", "commit": "commit"}, notes)
    performer = Performer(fx_shells(one, tws, journal), Alarm(), lambda: NOW_US)
    reply = fx.SendReply(b"\0nobody", "1", "ping", body=Pong(server_ts_us=1))
    performer.perform([reply, *journaled(1), fx.CallTws(StartApi(1)), *journaled(2), reply])
    assert notes == ["append", "append", "commit", "answer", "publish", "call", "publish", "answer"]


def fx_shells(one: Rig, tws: Any, journal: Any) -> Any:
    return type(one.shells)(one.sockets, tws, journal, one.bars)


def test_nothing_follows_a_journal_that_fails(one: Rig, performer: Performer) -> None:
    socket = subscriber(one)
    one.journal._connection.execute("DROP TABLE events")
    with pytest.raises(JournalFailed):
        performer.perform([*journaled(1), fx.CallTws(StartApi(1)), fx.Stop()])
    assert one.tws.asked == []
    assert not performer.has_stopped
    assert not socket.poll(100)


def test_what_is_too_late_once_its_intent_is_written_does_not_leave(one: Rig, performer: Performer) -> None:
    """The disk was slow, or the process was stopped, between the look at the deadline and the sending."""
    in_time, late = ReqCurrentTime(), StartApi(1)
    happened = performer.perform([*journaled(1), fx.CallTws(in_time, NOW_US + 1), fx.CallTws(late, NOW_US)])
    assert one.tws.asked == [in_time] and happened == [CallMissed(late)]


def test_events_are_published_after_they_are_durable(one: Rig, performer: Performer) -> None:
    socket = subscriber(one)
    performer.perform(journaled(1))
    with sqlite3.connect(one.home.journal) as reader:
        assert reader.execute("SELECT seq FROM events").fetchall() == [(1,)]
    reader.close()
    one.until(lambda: socket.poll(0))
    assert decode_event(socket.recv_multipart()).seq == 1


def test_what_tws_answers_at_once_is_handed_over(one: Rig, performer: Performer) -> None:
    one.tws.answers[ReqCurrentTime] = [CurrentTime(5)]
    assert performer.perform([fx.CallTws(ReqCurrentTime()), fx.CallTws(StartApi(1))]) == [CurrentTime(5)]
    assert performer.perform([]) == []


def test_a_disconnection_is_told_to_the_core(one: Rig, performer: Performer) -> None:
    assert performer.perform([fx.DisconnectTws("it is silent")]) == [TwsLost("it is silent")]
    assert one.tws.asked == ["close"]


def test_a_request_that_breaks_ends_the_session(
    one: Rig, performer: Performer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(call: object) -> None:
        raise ZeroDivisionError("inside the encoder")

    monkeypatch.setattr(one.tws, "call", broken)
    (lost,) = performer.perform([fx.CallTws(StartApi(1))])
    assert isinstance(lost, TwsLost)
    assert one.tws.asked == ["close"]
    assert "inside the encoder" in caplog.text


def test_a_defect_in_one_effect_does_not_stop_the_others(
    one: Rig, performer: Performer, caplog: pytest.LogCaptureFixture
) -> None:
    unpublishable = fx.PublishEvent(TOPIC, "e" * 16, 1, "notice", 1, 0, {"x": object()})
    performer.perform([unpublishable, fx.CallTws(StartApi(1))])
    assert one.tws.asked == [StartApi(1)]
    assert "PublishEvent could not be performed" in caplog.text


def test_replies_and_errors_reach_who_asked(one: Rig, performer: Performer) -> None:
    socket = one.peer.dealer()
    route = asked(one, Ping(), socket).client.route
    performer.perform([fx.SendReply(route, "1", "ping", body=Pong(server_ts_us=7))])
    assert one.reply(socket) == envelope.Reply("ping", "1", True, {"server_ts_us": 7})
    error = make_error("br.starting", "Not yet")
    performer.perform([fx.SendReply(route, "1", "ping", error=error)])
    refused = one.reply(socket)
    assert (refused.ok, refused.body) == (False, error.wire())


def test_a_replay_is_read_from_the_journal(one: Rig, performer: Performer) -> None:
    socket = one.peer.dealer()
    route = asked(one, GetReplay(stream=TOPIC, epoch="x", from_seq=1), socket).client.route
    for seq in range(1, 6):
        performer.perform(journaled(seq))
    performer.perform([fx.SendReplay(route, "1", TOPIC, 2, 3)])
    replay = Replay.model_validate(one.reply(socket).body)
    assert (replay.stream, replay.epoch, replay.next, replay.head) == (TOPIC, one.journal.epoch, 5, 6)
    assert [(seq, flags, body["text"]) for seq, _, _, flags, body in replay.events] == [
        (seq, REPLAYED, f"event {seq}") for seq in (2, 3, 4)
    ]
    performer.perform([fx.SendReplay(route, "1", TOPIC, 6, 3)])
    rest = Replay.model_validate(one.reply(socket).body)
    assert (rest.events, rest.next, rest.head) == ([], 6, 6)


def test_a_long_replay_is_taken_in_slices(one: Rig, performer: Performer) -> None:
    socket = one.peer.dealer()
    route = asked(one, GetReplay(stream=TOPIC, epoch="x", from_seq=1), socket).client.route
    performer.perform([effect for seq in range(1, MAX_REPLAYED + 50) for effect in journaled(seq)])
    performer.perform([fx.SendReplay(route, "1", TOPIC, 1, 5_000)])
    replay = Replay.model_validate(one.reply(socket).body)
    assert (len(replay.events), replay.next, replay.head) == (MAX_REPLAYED, MAX_REPLAYED + 1, MAX_REPLAYED + 50)


def test_a_journal_that_cannot_be_read_is_said(one: Rig, performer: Performer) -> None:
    socket = one.peer.dealer()
    route = asked(one, ListExecutions(), socket).client.route
    performer.perform([fx.AppendJournal(fx.ExecutionRow("e1", 1, "DU1", 5, {"exec_id": "e1"}))])
    one.journal._connection.execute("UPDATE executions SET revision = 2")
    performer.perform([fx.SendExecutions(route, "1", "", None)])
    reply = one.reply(socket)
    assert (reply.ok, reply.body["code"]) == (False, "br.journal")


def test_executions_are_read_from_the_journal(one: Rig, performer: Performer) -> None:
    socket = one.peer.dealer()
    route = asked(one, ListExecutions(), socket).client.route
    performer.perform(
        [
            fx.AppendJournal(fx.ExecutionRow(f"e{n}", 1, account, n, {"exec_id": f"e{n}", "account": account}))
            for n, account in ((2, "DU1"), (1, "DU1"), (3, "U3"))
        ]
    )
    performer.perform([fx.SendExecutions(route, "1", "", None)])
    assert [row["exec_id"] for row in one.reply(socket).body["rows"]] == ["e1", "e2"]


def test_connect_wake_log_stop(one: Rig, caplog: pytest.LogCaptureFixture) -> None:
    alarm = Alarm()
    performer = Performer(one.shells, alarm, lambda: NOW_US)
    with caplog.at_level("INFO"):
        performer.perform([fx.ConnectTws(), fx.WakeAt(5), fx.Log("warning", "100 % of it"), fx.Stop()])
    assert one.tws.asked == ["connect"]
    assert alarm.rings(5)
    assert performer.has_stopped
    assert ("twsbridge_server.core", 30, "100 % of it") in caplog.record_tuples


def test_ticks_wait_for_nothing(one: Rig, performer: Performer) -> None:
    socket = one.peer.subscriber("md", b"md|1@SMART|")
    one.until(lambda: one.got(SubscriptionOpened))
    one.journal._connection.execute("DROP TABLE events")
    performer.publish_ticks(fx.PublishTicks("md|1@SMART|", "ticks", 1, 5, (Tick(1, 2.5),)))
    one.until(lambda: socket.poll(0))
