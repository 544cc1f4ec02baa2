"""Following one stream: from a cursor through a replay to live events, each once and in order. No input or output.

Live and replayed events go in by the same door, in any order and any number of times. What comes out is contiguous.
`wanted` tells from where the caller has to replay.
"""

from __future__ import annotations

from twsbridge.errors import StreamError, make_error
from twsbridge.gaps import Gaps, Verdict
from twsbridge.protocol.envelope import EventFrame
from twsbridge.protocol.replies import Head

MAX_WAITING = 100_000


class Follower:
    """One stream, followed from behind `last` of `epoch` on."""

    def __init__(self, stream: str, epoch: str, last: int) -> None:
        self.stream = stream
        self._gaps = Gaps(epoch, last)
        self._next = last + 1
        self._waiting: dict[int, EventFrame] = {}

    @property
    def epoch(self) -> str:
        """The history in which the sequence numbers count."""
        return self._gaps.epoch

    @property
    def last(self) -> int:
        """The seq of the event that came out last."""
        return self._gaps.last

    @property
    def wanted(self) -> int | None:
        """The first missing seq, to be asked for by a replay; None when nothing is known to be missing."""
        return self.last + 1 if self.last + 1 < self._next else None

    def head(self, head: Head) -> None:
        """The bridge says how far the stream reaches; raises StreamError when our place is not in its history."""
        if head.epoch != self.epoch:
            raise self._other_epoch(head.epoch)
        if self.last + 1 < head.first:
            raise StreamError(
                make_error(
                    "stream.range",
                    f"Events {self.last + 1} to {head.first - 1} of {self.stream} are no longer in the journal",
                )
            )
        self._next = max(self._next, head.next)

    def event(self, event: EventFrame) -> list[EventFrame]:
        """Take in an event, live or replayed; returns those that are due now, in order."""
        verdict = self._gaps.accept(event.epoch, event.seq)
        if verdict is Verdict.OTHER_EPOCH:
            raise self._other_epoch(event.epoch)
        if verdict is Verdict.DUPLICATE:
            return []
        self._next = max(self._next, event.seq + 1)
        if verdict is Verdict.HOLE:
            self._keep(event)
            return []
        return [event, *self._continued()]

    def _keep(self, event: EventFrame) -> None:
        """Hold an early event back; beyond the limit it is dropped, and comes again by the replay."""
        if len(self._waiting) < MAX_WAITING:
            self._waiting[event.seq] = event

    def _continued(self) -> list[EventFrame]:
        due = []
        while (event := self._waiting.pop(self.last + 1, None)) is not None:
            self._gaps.accept(event.epoch, event.seq)
            due.append(event)
        return due

    def _other_epoch(self, epoch: str) -> StreamError:
        return StreamError(
            make_error(
                "stream.epoch",
                f"{self.stream} goes on in another history ({epoch}, not {self.epoch})",
                do="Follow again with since=None: the new history from its beginning. Some of it may be known to you.",
            )
        )
