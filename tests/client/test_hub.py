from __future__ import annotations

import gc

import pytest

from twsbridge.errors import Closed, closed
from twsbridge.hub import EventInbox, Heads, Hub
from twsbridge.protocol.envelope import EventFrame
from twsbridge.protocol.events import Heartbeat, Synced
from twsbridge.protocol.replies import Head


def event(stream: str, seq: int) -> EventFrame:
    return EventFrame(stream, "e", seq, "order", 0, 0, {})


def heads(**following: int) -> dict[str, Head]:
    return {f"ord|{account}|": Head(epoch="e", first=1, next=each) for account, each in following.items()}


def beat(**following: int) -> Heartbeat:
    return Heartbeat(sid="s", state="READY", heads=heads(**following))


def joined(hub: Hub, *prefixes: str, limit: int = 100, **following: int) -> EventInbox:
    inbox = EventInbox(prefixes or ("ord|",), limit)
    barrier = hub.open(inbox, "nonce")[-1]
    hub.synced(barrier, Synced(sid="s", heads=heads(**following)))
    return inbox


def test_a_new_reader_subscribes_its_topics_and_the_barrier_last() -> None:
    hub = Hub()
    inbox = EventInbox(("ord|", "acct|"), 10)
    assert hub.open(inbox, "n1") == ["acct|", "ord|", "sync|n1|"]
    assert hub.open(EventInbox(("ord|", "sys|"), 10), "n2") == ["sys|", "sync|n2|"]


def test_a_new_connection_needs_all_topics_and_open_barriers() -> None:
    hub = Hub()
    inbox = EventInbox(("ord|",), 10)
    hub.open(inbox, "n1")
    assert hub.topics() == ["hb|", "ord|", "sync|n1|"]
    hub.synced("sync|n1|", Synced(sid="s", heads={}))
    assert hub.topics() == ["hb|", "ord|"]


def test_before_the_barrier_a_reader_gets_nothing_then_the_heads_then_events() -> None:
    hub = Hub()
    inbox = EventInbox(("ord|A|",), 10)
    hub.open(inbox, "n1")
    hub.event(event("ord|A|", 4))
    hub.beat(beat(A=5))
    hub.synced("sync|n1|", Synced(sid="s", heads=heads(A=5, B=9)))
    hub.event(event("ord|A|", 5))
    hub.event(event("ord|B|", 9))
    assert inbox.get(0) == Heads(heads(A=5))
    assert inbox.get(0) == event("ord|A|", 5)
    assert inbox.get(0) is None


def test_beats_tell_of_new_heads_once() -> None:
    hub = Hub()
    inbox = joined(hub)
    inbox.get(0)
    for _ in range(3):
        hub.beat(beat(A=5))
    hub.beat(beat(A=6))
    assert [inbox.get(0) for _ in range(3)] == [Heads(heads(A=5)), Heads(heads(A=6)), None]


def test_a_reader_that_fell_behind_starts_again_from_the_heads() -> None:
    hub = Hub()
    inbox = joined(hub, limit=3)
    for seq in range(1, 5):
        hub.event(event("ord|A|", seq))
    assert inbox.get(0) == Heads(heads(A=4)), "heads, then two events filled it; the third was refused"
    hub.event(event("ord|A|", 4))
    assert inbox.get(0) == event("ord|A|", 4)


def test_heads_get_into_a_full_inbox_too() -> None:
    hub = Hub()
    inbox = joined(hub, limit=1)
    hub.beat(beat(A=8))
    assert inbox.get(0) == Heads(heads(A=8))


def test_a_reader_that_is_dropped_is_forgotten() -> None:
    hub = Hub()
    inbox = joined(hub)
    del inbox
    gc.collect()
    hub.event(event("ord|A|", 1))
    assert not list(hub._inboxes)


def test_closing_reaches_readers_before_and_behind_the_barrier() -> None:
    hub = Hub()
    behind, before = joined(hub), EventInbox(("ord|",), 10)
    hub.open(before, "n9")
    hub.close(closed())
    behind.get(0)
    for inbox in (behind, before):
        with pytest.raises(Closed):
            inbox.get(0)
