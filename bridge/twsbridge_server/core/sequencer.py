"""Sequence numbers of the reliable streams: without holes, in the journal before they are published."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twsbridge.protocol.events import Event
from twsbridge.protocol.replies import Head
from twsbridge_server.core.effects import AppendJournal, Effect, EventRow, PublishEvent


class Sequencer:
    """Gives every event of a stream the next number of that stream. `heads`: stream -> (first, next).

    `muted`: the journal cannot be written, so there are no events: none is numbered, none goes out.
    """

    def __init__(self, epoch: str, heads: Mapping[str, tuple[int, int]], muted: bool = False) -> None:
        self.epoch = epoch
        self._muted = muted
        self._heads = dict(heads)

    def event(self, stream: str, body: Event, now: int, flags: int = 0) -> list[Effect]:
        """Journal the event, then publish it."""
        if self._muted:
            return []
        first, seq = self._heads.get(stream, (1, 1))
        self._heads[stream] = (first, seq + 1)
        row = EventRow(stream, seq, body.name, now, flags, body.wire())
        return [
            AppendJournal(row),
            PublishEvent(stream, self.epoch, seq, body.name, now, flags, row.body),
        ]

    def last(self, stream: str, body: Callable[[dict[str, Head]], Event], now: int) -> list[Effect]:
        """An event that tells where every stream stands once it is counted itself."""
        first, following = self.head(stream)
        heads = {**self.heads(), stream: Head(epoch=self.epoch, first=first, next=following + 1)}
        return self.event(stream, body(heads), now)

    def unsequenced(self, topic: str, body: Event, now: int) -> PublishEvent:
        """An event outside of every sequence: heartbeat, sync."""
        return PublishEvent(topic, self.epoch, 0, body.name, now, 0, body.wire())

    def heads(self) -> dict[str, Head]:
        """Where every stream stands."""
        return {
            stream: Head(epoch=self.epoch, first=first, next=following)
            for stream, (first, following) in self._heads.items()
        }

    def head(self, stream: str) -> tuple[int, int]:
        """(first, next) of a stream; a stream without events stands at (1, 1)."""
        return self._heads.get(stream, (1, 1))

    def marks(self) -> dict[str, tuple[int, int]]:
        """All heads as they are, for `back_to`."""
        return dict(self._heads)

    def back_to(self, marks: dict[str, tuple[int, int]]) -> None:
        """Take numbers back whose events will never be written."""
        self._heads = marks
