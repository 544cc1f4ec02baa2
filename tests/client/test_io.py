from __future__ import annotations

import logging
import threading

import pytest
import zmq

from tests.client.fake_bridge import FakeBridge
from tests.waiting import PATIENCE, eventually
from twsbridge.connection import Connection
from twsbridge.errors import Closed, Unreachable
from twsbridge.io import Bell, IoThread
from twsbridge.switchboard import Switchboard


def thread(fake: FakeBridge) -> IoThread:
    return IoThread(lambda: Connection.model_validate(fake.connection))


def test_jobs_run_in_the_thread_and_in_order(fake: FakeBridge) -> None:
    io = thread(fake)
    done: list[tuple[int, str]] = []
    for number in range(100):
        io.post(lambda board, number=number: done.append((number, threading.current_thread().name)))  # type: ignore[misc]
    eventually(lambda: len(done) == 100)
    assert done == [(number, "twsbridge-io") for number in range(100)]
    io.stop()


def test_a_job_does_not_wait_for_the_next_tick(fake: FakeBridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twsbridge.io.TICK_MS", 3_600_000)
    io = thread(fake)
    for _ in range(5):
        ran = threading.Event()
        io.post(lambda board, ran=ran: ran.set())  # type: ignore[misc]
        assert ran.wait(PATIENCE)
    io.stop()


def test_after_stopping_nothing_is_taken_and_no_thread_is_left(fake: FakeBridge) -> None:
    io = thread(fake)
    io.stop()
    io.stop()
    with pytest.raises(Closed):
        io.post(lambda board: None)
    assert not any(each.name == "twsbridge-io" for each in threading.enumerate())


def test_it_can_be_stopped_from_within(fake: FakeBridge) -> None:
    io = thread(fake)
    io.post(lambda board: io.stop())
    eventually(lambda: not any(each.name == "twsbridge-io" for each in threading.enumerate()))


def test_a_defect_ends_it_loudly(fake: FakeBridge, caplog: pytest.LogCaptureFixture) -> None:
    io = thread(fake)

    def broken(board: Switchboard) -> None:
        raise RuntimeError("a defect")

    with caplog.at_level(logging.ERROR):
        io.post(broken)
        eventually(lambda: io.board.dialogue.state == "closed")
    assert "a defect" in caplog.text
    assert "defect" in io.board.dialogue.trouble
    eventually(lambda: not any(each.name == "twsbridge-io" for each in threading.enumerate()))
    with pytest.raises(Unreachable):
        io.post(lambda board: None)


def test_without_a_connection_there_is_no_thread() -> None:
    def missing() -> Connection:
        raise LookupError("none")

    with pytest.raises(LookupError):
        IoThread(missing)
    assert not any(each.name == "twsbridge-io" for each in threading.enumerate())


def test_keys_that_libzmq_does_not_take_leave_nothing_behind(fake: FakeBridge) -> None:
    wrong = Connection.model_validate({**fake.connection, "server_key": "#" * 40})
    with pytest.raises(Unreachable, match="cannot be used"):
        IoThread(lambda: wrong)
    assert not any(each.name == "twsbridge-io" for each in threading.enumerate())


def test_many_rings_are_one_until_heard() -> None:
    with zmq.Context() as context:
        bell = Bell(context)
        for _ in range(10_000):
            bell.ring()
        assert bell.ear.poll(PATIENCE * 1000)
        bell.hear()
        assert not bell.ear.poll(0)
        bell.ring()
        assert bell.ear.poll(PATIENCE * 1000)
        bell.close()
        bell.ring()
