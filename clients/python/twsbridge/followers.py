"""Following several streams of one history, each in its own order. No input or output."""

from __future__ import annotations

from collections.abc import Mapping

from twsbridge.cursor import Cursor
from twsbridge.follow import Follower
from twsbridge.protocol.envelope import EventFrame
from twsbridge.protocol.replies import Head


class Followers:
    """Begins behind a cursor. A stream that comes into being later is followed from its first event on."""

    def __init__(self, cursor: Cursor) -> None:
        self.epoch = cursor.epoch
        self._followers = {stream: Follower(stream, cursor.epoch, seq) for stream, seq in cursor.seqs.items()}

    def __contains__(self, stream: object) -> bool:
        return stream in self._followers

    @property
    def places(self) -> dict[str, int]:
        """The seq that came out last, of every stream."""
        return {stream: follower.last for stream, follower in self._followers.items()}

    @property
    def wanting(self) -> Follower | None:
        """A follower that needs a replay, or None when nothing is known to be missing."""
        return next((follower for follower in self._followers.values() if follower.wanted is not None), None)

    def begin(self, stream: str, head: Head, last: int) -> None:
        """Follow one more stream, from behind `last`."""
        self._of(stream, head.epoch, last)

    def heads(self, heads: Mapping[str, Head]) -> None:
        """The bridge says how far the streams reach; raises StreamError when our place is not in its history."""
        for stream, head in heads.items():
            self._of(stream, head.epoch).head(head)

    def event(self, event: EventFrame) -> list[EventFrame]:
        """Take in an event; returns those of its stream that are due now, in order."""
        return self._of(event.topic, event.epoch).event(event)

    def _of(self, stream: str, epoch: str, last: int = 0) -> Follower:
        self.epoch = self.epoch or epoch
        if stream not in self._followers:
            self._followers[stream] = Follower(stream, self.epoch, last)
        return self._followers[stream]
