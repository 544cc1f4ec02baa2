from __future__ import annotations

import pytest

from tests.client.fake_bridge import ORDERS, FakeBridge, execution
from twsbridge import Client, StreamError
from twsbridge.cursor import Cursor
from twsbridge.fills import Fill
from twsbridge.once import fills_once


class Memory:
    """A store in memory."""

    def __init__(self, cursor: Cursor | None = None) -> None:
        self.stored: list[str] = []
        self.cursor = cursor

    def __contains__(self, exec_id: object) -> bool:
        return exec_id in self.stored

    def add(self, fill: Fill) -> None:
        self.stored.append(fill.exec_id)
        self.cursor = Cursor(fill.epoch, {fill.stream: fill.seq})


def publish(fake: FakeBridge, *names: str) -> None:
    for name in names:
        fake.publish(ORDERS, "execution", execution(name))


def test_each_fill_is_stored_before_it_comes_out(fake: FakeBridge, client: Client) -> None:
    store = Memory()
    publish(fake, "a.1", "b.1")
    for fill in fills_once(store, client, None, follow=False):
        assert store.stored[-1] == fill.exec_id
    assert store.stored == ["a.1", "b.1"]


def test_it_goes_on_where_the_store_stands(fake: FakeBridge, client: Client) -> None:
    store = Memory()
    publish(fake, "a.1")
    list(fills_once(store, client, None, follow=False))
    publish(fake, "b.1")
    assert [fill.exec_id for fill in fills_once(store, client, "now", follow=False)] == ["b.1"]


def test_a_new_history_is_read_from_its_beginning_without_what_is_stored(fake: FakeBridge, client: Client) -> None:
    store = Memory()
    publish(fake, "a.1", "b.1")
    list(fills_once(store, client, None, follow=False))
    fake.lose_history("epoch-2")
    publish(fake, "b.1", "c.1")
    assert [fill.exec_id for fill in fills_once(store, client, "now", follow=False)] == ["c.1"]
    assert store.stored == ["a.1", "b.1", "c.1"]


def test_a_new_history_while_following(fake: FakeBridge, client: Client) -> None:
    store = Memory()
    publish(fake, "a.1")
    fills = fills_once(store, client, None, follow=True)
    assert next(fills).exec_id == "a.1"
    fake.lose_history("epoch-2")
    publish(fake, "a.1", "b.1")
    assert next(fills).exec_id == "b.1"


def test_a_place_that_the_journal_has_dropped_is_an_error(fake: FakeBridge, client: Client) -> None:
    class Pruned(Memory):
        """Stands before the journal's first event."""

    publish(fake, "a.1")
    with pytest.raises(StreamError) as caught:
        list(fills_once(Pruned(Cursor("epoch-1", {ORDERS: -5})), client, None, follow=False))
    assert caught.value.code == "stream.range"
