from __future__ import annotations

from typing import Any

import pytest

from tests.core.books.rig import BookRig
from tests.core.rig import ACCOUNT
from twsbridge_server.core.books.streams import BookStreams
from twsbridge_server.core.effects import Effect, PublishTicks
from twsbridge_server.core.inputs import SubscriptionClosed, SubscriptionOpened
from twsbridge_server.core.paces import Paces

ALL, OWN = f"books|{ACCOUNT}|", f"books|{ACCOUNT}:alice|"


class StreamRig(BookRig):
    """Books and their streams; a frame is told as its kind and the owners and sizes in it."""

    def __init__(self) -> None:
        super().__init__()
        self.paces = Paces()
        self.streams = BookStreams(self.books, self.paces)
        self.all_told()
        self.told()

    def opens(self, topic: str, client: str = "root") -> list[Any]:
        opened = self.streams.opened(SubscriptionOpened(topic, client), 0)
        assert opened is not None
        return frames(opened)

    def told(self, now: int = 0) -> list[Any]:
        return frames(self.streams.due(now)) if self.streams.next_due() is not None else []


def frames(effects: list[Effect]) -> list[Any]:
    told = [effect for effect in effects if isinstance(effect, PublishTicks)]
    assert len(told) == len(effects)
    return [
        (each.topic, each.kind, each.body["state"] if isinstance(each.body, dict) else sizes(each.body))
        for each in told
    ]


def sizes(rows: Any) -> list[tuple[str | None, str]]:
    return [(row.owner, row.position) for row in rows]


@pytest.fixture
def rig() -> StreamRig:
    return StreamRig()


def test_all_books_come_first_and_then_what_changes_with_the_rest(rig: StreamRig) -> None:
    rig.filled("alice", 10)
    rig.holds(10)
    assert rig.opens(ALL) == [(ALL, "image", [("alice", "10")]), (ALL, "state", "live")]
    rig.told()
    rig.filled("bob", -4)
    assert rig.told() == [(ALL, "ticks", [("bob", "-4"), (None, "4")])]
    rig.holds(6)
    assert rig.told() == [(ALL, "ticks", [(None, "0")])]
    assert rig.told() == []


def test_one_owner_hears_of_its_own_books(rig: StreamRig) -> None:
    assert rig.opens(OWN) == [(OWN, "image", []), (OWN, "state", "live")]
    rig.filled("bob", 1)
    assert rig.told() == []
    rig.filled("alice", 2)
    assert rig.told() == [(OWN, "ticks", [("alice", "2")])]


def test_a_slow_subscriber_gets_the_latest_only(rig: StreamRig) -> None:
    topic = f"books|{ACCOUNT}:alice~1000|"
    rig.opens(topic)
    for _ in range(3):
        rig.filled("alice", 1)
        rig.told(1)
    assert frames(rig.paces.due(1_000_001)) == [(topic, "ticks", [("alice", "3")])]
    rig.streams.closed(SubscriptionClosed(topic, ()), 0)
    assert not rig.paces


def test_the_last_one_to_leave_ends_it(rig: StreamRig) -> None:
    rig.opens(ALL, "a")
    rig.opens(ALL, "b")
    assert [each.client for each in rig.streams.subscriptions()] == ["a", "b"]
    assert rig.streams.closed(SubscriptionClosed(ALL, ("b",)), 0) == []
    assert [each.client for each in rig.streams.subscriptions()] == ["b"]
    rig.streams.closed(SubscriptionClosed(ALL, ()), 0)
    rig.filled("alice", 1)
    assert rig.told() == [] and rig.streams.subscriptions() == []


def test_other_topics_are_not_of_books(rig: StreamRig) -> None:
    assert rig.streams.opened(SubscriptionOpened("md|1@SMART|", "a"), 0) is None
    assert rig.streams.opened(SubscriptionOpened("nonsense", "a"), 0) is None
    assert rig.streams.closed(SubscriptionClosed("md|1@SMART|", ()), 0) is None
