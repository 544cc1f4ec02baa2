from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from queue import SimpleQueue

import pytest
import zmq

from tests.client.fake_bridge import ORDERS, FakeBridge, running
from tests.waiting import PATIENCE
from twsbridge.connection import Connection
from twsbridge.errors import BridgeError, Closed, Unreachable, closed, exception_for, make_error
from twsbridge.hub import EventInbox, Heads
from twsbridge.inbox import Inbox
from twsbridge.lines import TickInbox
from twsbridge.pending import Request
from twsbridge.protocol.commands import GetStatus, Ping
from twsbridge.protocol.replies import Welcome
from twsbridge.switchboard import Switchboard

AAPL = "md|265598@SMART|"


class Driver:
    """Plays the I/O thread: turns until something holds."""

    def __init__(self, fake: FakeBridge) -> None:
        self.fake = fake
        self.finds = 0
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.board = Switchboard(self.context, self.find)

    def find(self) -> Connection:
        self.finds += 1
        return Connection.model_validate(self.fake.connection)

    def until(self, condition: Callable[[], object], timeout: float = PATIENCE) -> None:
        deadline = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < deadline, f"{condition}: {self.board.dialogue.trouble}"
            link = self.board.link
            poller = zmq.Poller()
            for socket in (link.cmd, link.evt, link.md, link.monitor, link.md_monitor):
                poller.register(socket, zmq.POLLIN)
            self.board.turn({socket for socket, _ in poller.poll(10)}, time.monotonic())

    def until_up(self) -> None:
        self.until(lambda: self.board.dialogue.is_up)

    def ask(self, name: str) -> Request:
        request = Request(name, Ping(), time.monotonic() + PATIENCE)
        self.board.dialogue.submit(request, time.monotonic())
        return request


@pytest.fixture
def driver(fake: FakeBridge) -> Iterator[Driver]:
    driver = Driver(fake)
    yield driver
    driver.board.close(closed())
    driver.context.term()


def test_it_greets_and_gets_answers(driver: Driver) -> None:
    greeter: SimpleQueue[Welcome | BridgeError] = SimpleQueue()
    driver.board.dialogue.greet(greeter)
    driver.until(lambda: not greeter.empty())
    asked = driver.ask("one")
    driver.until(lambda: not asked.answer.empty())
    assert isinstance(asked.answer.get(), dict)


def test_events_reach_readers_behind_the_barrier(driver: Driver) -> None:
    inbox = EventInbox(("ord|",), 10)
    driver.board.open_inbox(inbox, "n1")
    driver.until(lambda: len(inbox))
    assert inbox.get(0) == Heads({})
    driver.fake.publish(ORDERS, "order", {})
    driver.until(lambda: len(inbox))
    event = inbox.get(0)
    assert not isinstance(event, Heads) and event is not None and event.seq == 1
    driver.until(lambda: "sync|n1|" in driver.fake.unsubscribed)


def test_lines_are_subscribed_once_and_given_back(driver: Driver) -> None:
    one: TickInbox = Inbox()
    two: TickInbox = Inbox()
    for inbox in (one, two):
        driver.board.join_line(AAPL, inbox)
    driver.until(lambda: AAPL in driver.fake.subscribed)
    driver.fake.ticks(AAPL, "ticks", 1, [[1, 190.0]])
    driver.until(lambda: len(one) and len(two))
    driver.board.leave_line(AAPL, one)
    driver.board.leave_line(AAPL, two)
    driver.until(lambda: AAPL in driver.fake.unsubscribed)
    assert driver.fake.subscribed.count(AAPL) == 1


def test_after_a_restart_everything_is_subscribed_again(driver: Driver) -> None:
    inbox, ticks = EventInbox(("ord|",), 10), TickInbox()
    driver.board.open_inbox(inbox, "n1")
    driver.board.join_line(AAPL, ticks)
    driver.until(lambda: len(inbox))
    driver.until_up()
    before = driver.finds
    driver.fake = driver.fake.restarted()
    driver.until(lambda: "ord|" in driver.fake.subscribed and AAPL in driver.fake.subscribed)
    driver.until_up()
    assert driver.board.dialogue.welcome and driver.board.dialogue.welcome.sid == "run-2"
    assert driver.finds > before, "the connection file is read anew"
    driver.fake.close()


def test_a_bridge_that_comes_back_on_other_ports_is_found(driver: Driver) -> None:
    driver.until_up()
    keys = driver.fake.keys
    driver.fake.close()
    with running(keys=keys, sid="elsewhere") as driver.fake:
        driver.until(lambda: driver.board.dialogue.welcome and driver.board.dialogue.welcome.sid == "elsewhere")


def test_a_connection_file_with_mistakes_keeps_the_old_connection(driver: Driver) -> None:
    driver.until_up()
    driver.board._find = lambda: Connection.model_validate({**driver.fake.connection, "server_key": "#" * 40})
    driver.fake = driver.fake.restarted()
    driver.until(lambda: driver.board.dialogue.welcome and driver.board.dialogue.welcome.sid == "run-2")
    driver.fake.close()


def test_a_connection_file_that_is_away_keeps_the_old_connection(driver: Driver) -> None:
    driver.until_up()

    def away() -> Connection:
        raise exception_for(make_error("client.no_connection_file", "gone"))

    driver.board._find = away
    driver.fake = driver.fake.restarted()
    driver.until(lambda: driver.board.dialogue.welcome and driver.board.dialogue.welcome.sid == "run-2")
    driver.fake.close()


def test_a_bridge_that_hangs_is_suspected_then_left_and_found_again(driver: Driver) -> None:
    driver.until_up()
    first = driver.board.link
    driver.fake.is_silent = True
    driver.until(lambda: driver.board.dialogue.state == "suspected")
    driver.until(lambda: driver.board.link is not first)
    driver.fake.is_silent = False
    driver.until_up()
    asked = driver.ask("after")
    driver.until(lambda: not asked.answer.empty())


def test_rubbish_from_the_bridge_harms_nothing(driver: Driver, caplog: pytest.LogCaptureFixture) -> None:
    inbox, ticks = EventInbox(("ord|",), 10), TickInbox()
    driver.board.open_inbox(inbox, "n1")
    driver.board.join_line(AAPL, ticks)
    driver.until(lambda: len(inbox) and AAPL in driver.fake.subscribed)
    for frames in ([b"ord|x|"], [b"ord|x|", b"\xc1", b""], [b"hb|", b"\x90", b"\x80"], [b"ord|x|", b"\x90", b"\x01"]):
        driver.fake.do(lambda frames=frames: driver.fake.evt.send_multipart(frames))  # type: ignore[misc]
    for raw in (AAPL.encode(), AAPL.encode() + b"\x01", AAPL.encode() + b"\x94\xa5ticks\x01\x01\x05"):
        driver.fake.do(lambda raw=raw: driver.fake.md.send(raw))  # type: ignore[misc]
    driver.fake.publish(ORDERS, "order", {})
    driver.fake.ticks(AAPL, "ticks", 1, [[1, 190.0]])
    driver.until(lambda: len(inbox) >= 2 and len(ticks) == 1)
    assert "cannot be read" in caplog.text


def test_a_reply_that_cannot_be_read_is_dropped(driver: Driver, caplog: pytest.LogCaptureFixture) -> None:
    driver.until_up()
    driver.board._reply([b"IBB1", b"\xc1", b"\x80"], 0.0)
    assert "cannot be read" in caplog.text


def test_closing_tells_readers_and_askers(fake: FakeBridge) -> None:
    driver = Driver(fake)
    driver.until_up()
    fake.is_silent = True
    asked = Request("r", GetStatus(), time.monotonic() + PATIENCE)
    driver.board.dialogue.submit(asked, time.monotonic())
    ticks: TickInbox = Inbox()
    driver.board.join_line(AAPL, ticks)
    driver.board.close(closed())
    driver.context.term()
    assert isinstance(asked.answer.get(timeout=PATIENCE), Unreachable)
    with pytest.raises(Closed):
        ticks.get(0)


def test_whoever_comes_after_the_end_is_told(fake: FakeBridge) -> None:
    driver = Driver(fake)
    driver.board.close(closed())
    events, ticks = EventInbox(("ord|",), 10), TickInbox()
    driver.board.open_inbox(events, "n1")
    driver.board.join_line(AAPL, ticks)
    driver.board.leave_line(AAPL, ticks)
    driver.context.term()
    for inbox in (events, ticks):
        with pytest.raises(Closed):
            inbox.get(0)


def test_a_bridge_that_goes_leaves_no_line_looking_fresh(driver: Driver) -> None:
    ticks: TickInbox = Inbox()
    driver.board.join_line(AAPL, ticks)
    driver.until(lambda: AAPL in driver.fake.subscribed)
    driver.fake.ticks(AAPL, "state", 1, {"state": "live"})
    driver.fake.ticks(AAPL, "ticks", 2, [[1, 190.0]])
    driver.until(lambda: len(ticks) == 2)
    driver.fake = driver.fake.restarted()
    driver.until(lambda: len(ticks) == 3)
    last = [ticks.get(0) for _ in range(3)][-1]
    assert last is not None and last.body["state"] == "stale" and "lost" in last.body["gap"]["reason"]
    driver.fake.close()
