from __future__ import annotations

import threading

import pytest

from tests.waiting import PATIENCE
from twsbridge.errors import Closed, closed
from twsbridge.inbox import Inbox


def test_items_come_in_order() -> None:
    inbox: Inbox[int] = Inbox()
    for item in range(5):
        assert inbox.put(item)
    assert len(inbox) == 5
    assert [inbox.get() for _ in range(5)] == list(range(5))


def test_waiting_ends_at_the_deadline() -> None:
    inbox: Inbox[int] = Inbox()
    assert inbox.get(0.01) is None
    assert inbox.get(0) is None


def test_a_waiting_reader_is_woken() -> None:
    inbox: Inbox[int] = Inbox()
    got: list[int | None] = []
    reader = threading.Thread(target=lambda: got.extend(inbox.get(PATIENCE) for _ in range(3)))
    reader.start()
    for item in range(3):
        inbox.put(item)
    reader.join(PATIENCE)
    assert got == [0, 1, 2]


def test_a_full_inbox_takes_no_more_until_it_is_replaced() -> None:
    inbox: Inbox[int] = Inbox(limit=2)
    assert [inbox.put(item) for item in range(3)] == [True, True, False]
    inbox.replace([9])
    assert inbox.get(0) == 9
    assert inbox.get(0) is None


def test_after_closing_what_is_left_comes_first_then_the_error_each_time() -> None:
    inbox: Inbox[int] = Inbox()
    inbox.put(1)
    inbox.close(closed())
    assert inbox.get() == 1
    for _ in range(2):
        with pytest.raises(Closed):
            inbox.get()


def test_closing_wakes_a_waiting_reader() -> None:
    inbox: Inbox[int] = Inbox()
    ended = threading.Event()

    def read() -> None:
        with pytest.raises(Closed):
            inbox.get()
        ended.set()

    threading.Thread(target=read).start()
    inbox.close(closed())
    assert ended.wait(PATIENCE)


def test_many_items_from_a_busy_writer_all_arrive() -> None:
    inbox: Inbox[int] = Inbox()
    writer = threading.Thread(target=lambda: [inbox.put(item) for item in range(20_000)])
    writer.start()
    assert [inbox.get(PATIENCE) for _ in range(20_000)] == list(range(20_000))
    writer.join()
