"""Sequenced events on their way to the readers in this process. No sockets: the I/O thread brings frames and time."""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakSet, WeakValueDictionary

from twsbridge.errors import topic_refused
from twsbridge.inbox import Inbox
from twsbridge.protocol import topics
from twsbridge.protocol.envelope import EventFrame
from twsbridge.protocol.events import Heartbeat, Synced
from twsbridge.protocol.replies import Head


class Heads(NamedTuple):
    """How far the streams reach, as the bridge has just said; every event before that was published before."""

    by_stream: dict[str, Head]


class EventInbox(Inbox[EventFrame | Heads]):
    """What one reader gets: events of the streams that begin with one of its prefixes, and how far these reach."""

    def __init__(self, prefixes: tuple[str, ...], limit: int) -> None:
        super().__init__(limit)
        self.prefixes = prefixes

    def wants(self, stream: str) -> bool:
        """True for the streams that this reader follows."""
        return stream.startswith(self.prefixes)


class Hub:
    """Which topics of `evt` this process needs, and which reader gets what. Readers that are dropped are forgotten."""

    def __init__(self) -> None:
        self._topics = {topics.HEARTBEAT}
        self._syncs: WeakValueDictionary[str, EventInbox] = WeakValueDictionary()
        self._inboxes: WeakSet[EventInbox] = WeakSet()
        self._heads: dict[str, Head] = {}

    def topics(self) -> list[str]:
        """All topics to subscribe on a new connection, the barriers last."""
        return [*sorted(self._topics), *sorted(self._syncs)]

    def open(self, inbox: EventInbox, nonce: str) -> list[str]:
        """A new reader, or one more try of it: the topics to subscribe now, the barrier last."""
        barrier = topics.sync(nonce)
        fresh = sorted(set(inbox.prefixes) - self._topics)
        self._topics.update(fresh)
        self._syncs[barrier] = inbox
        return [*fresh, barrier]

    def synced(self, topic: str, synced: Synced) -> None:
        """The barrier was answered: from these heads on, the reader gets every event. Readers may be refused."""
        self._refuse(frozenset(synced.refused))
        inbox = self._syncs.pop(topic, None)
        if inbox is not None:
            self._inboxes.add(inbox)
            self._tell(inbox, synced.heads)

    def beat(self, beat: Heartbeat) -> None:
        """Pass new heads on: they reveal the loss of a last event. Nothing new wakes nobody."""
        if beat.heads != self._heads:
            self._heads = beat.heads
            for inbox in self._inboxes:
                self._tell(inbox, beat.heads)

    def event(self, event: EventFrame) -> None:
        """Give an event to its readers; one that is full starts again from the heads, by a replay."""
        for inbox in self._inboxes:
            if inbox.wants(event.topic) and not inbox.put(event):
                head = Head(epoch=event.epoch, first=1, next=event.seq + 1)
                inbox.replace([self._heads_for(inbox, {**self._heads, event.topic: head})])

    def close(self, error: BaseException) -> None:
        """Tell every reader that nothing more will come."""
        for inbox in [*self._inboxes, *self._syncs.values()]:
            inbox.close(error)

    def _refuse(self, topics_refused: frozenset[str]) -> None:
        """Tell every reader that wants one of these; the next one that wants it asks the bridge again."""
        self._topics -= topics_refused
        for inbox in [*self._inboxes, *self._syncs.values()]:
            if wanted := topics_refused.intersection(inbox.prefixes):
                inbox.close(topic_refused(sorted(wanted)))

    def _tell(self, inbox: EventInbox, heads: dict[str, Head]) -> None:
        wanted = self._heads_for(inbox, heads)
        if not inbox.put(wanted):
            inbox.replace([wanted])

    def _heads_for(self, inbox: EventInbox, heads: dict[str, Head]) -> Heads:
        return Heads({stream: head for stream, head in heads.items() if inbox.wants(stream)})
