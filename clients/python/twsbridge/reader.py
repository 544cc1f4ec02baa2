"""Reading sequenced events in the caller's own thread: barrier, replay from a cursor, then live, without a hole."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from twsbridge.channel import Channel
from twsbridge.cursor import Cursor, Start
from twsbridge.errors import BridgeUnavailable, Closed, StreamError, Unreachable, closed
from twsbridge.follow import Follower
from twsbridge.hub import Heads
from twsbridge.protocol.commands import GetReplay
from twsbridge.protocol.envelope import EventFrame
from twsbridge.protocol.replies import Head, Replay
from twsbridge.stream_event import StreamEvent

PAGE = 1000
PAUSE_SECONDS = 1.0
CLOCK_STEP_US = 3_600_000_000
"""How far the bridge's clock may have been set back in its history without hiding events from `since`."""


class EventReader:
    """Events of all streams that begin with one of the prefixes, each once and in the order of its stream.

    It survives a restart of the bridge. It raises StreamError when the journal's history was replaced.
    """

    def __init__(self, channel: Channel, prefixes: tuple[str, ...], start: Start, *, follow: bool = True) -> None:
        self._channel = channel
        self._follow = follow
        self._followers: dict[str, Follower] = {}
        self._ready: deque[EventFrame] = deque()
        self._retry_at = 0.0
        self._error: StreamError | None = None
        self._inbox, heads = channel.read_events(prefixes)
        self._epoch, self._seqs = self._begin(heads.by_stream, start)
        self._until = {stream: head.next - 1 for stream, head in heads.by_stream.items()}

    @property
    def cursor(self) -> Cursor:
        """The place behind the last event that was read: store it, and give it back as `since` another time."""
        return Cursor(self._epoch, dict(self._seqs))

    @property
    def upcoming(self) -> deque[EventFrame]:
        """Events that have arrived already and come next."""
        return self._ready

    @property
    def is_caught_up(self) -> bool:
        """True when nothing is known to be missing or waiting."""
        is_complete = all(follower.wanted is None for follower in self._followers.values())
        return is_complete and not self._ready and not len(self._inbox)

    def next(self, timeout: float | None = None) -> StreamEvent | None:
        """The next event; None when none came within `timeout` seconds, or at the end when not following."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._ready:
            left = None if deadline is None else deadline - time.monotonic()
            if self._is_finished() or (left is not None and left < 0):
                return None
            self._step(left)
        event = StreamEvent(*self._ready.popleft())
        self._epoch = event.epoch
        self._seqs[event.topic] = event.seq
        return event

    def __iter__(self) -> Iterator[StreamEvent]:
        return self

    def __next__(self) -> StreamEvent:
        try:
            event = self.next()
        except Closed:
            event = None
        if event is None:
            raise StopIteration
        return event

    def close(self) -> None:
        """End every loop over this reader."""
        self._inbox.close(closed())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _begin(self, heads: dict[str, Head], start: Start) -> tuple[str, dict[str, int]]:
        """Find the place in every stream; streams that do not exist yet are followed from their first event on."""
        cursor = start.cursor_for(heads)
        for stream, seq in cursor.seqs.items():
            self._followers[stream] = Follower(stream, cursor.epoch, seq)
        for stream, head in heads.items():
            if stream not in self._followers:
                self._followers[stream] = Follower(stream, cursor.epoch or head.epoch, self._last(stream, head, start))
            self._followers[stream].head(head)
        epochs = [cursor.epoch, *(head.epoch for head in heads.values())]
        return next(filter(None, epochs), ""), {stream: f.last for stream, f in self._followers.items()}

    def _last(self, stream: str, head: Head, start: Start) -> int:
        """The seq behind which reading begins in a stream of which the cursor says nothing."""
        if start.now:
            return head.next - 1
        return (head.first if start.instant is None else self._first_since(stream, head, start.instant)) - 1

    def _first_since(self, stream: str, head: Head, instant: int) -> int:
        """The seq before which everything is older than the instant, found by halving."""
        low, high = head.first, head.next
        while high - low > PAGE:
            middle = (low + high) // 2
            ts_us = self._ask_replay(stream, head.epoch, middle, 1).events[0][2]
            low, high = (middle + 1, high) if ts_us < instant - CLOCK_STEP_US else (low, middle)
        return low

    def _is_finished(self) -> bool:
        return not self._follow and all(self._followers[stream].last >= last for stream, last in self._until.items())

    def _step(self, left: float | None) -> None:
        """Fetch what is missing, else wait for what comes and take in all that is there."""
        if self._error is not None:
            raise self._error
        now = time.monotonic()
        wanting = next((follower for follower in self._followers.values() if follower.wanted is not None), None)
        if wanting is not None and now >= self._retry_at:
            self._replay(wanting)
            return
        waits = [seconds for seconds in (left, self._retry_at - now if wanting else None) if seconds is not None]
        item = self._inbox.get(min(waits) if waits else None)
        while item is not None:
            self._take(item)
            item = self._inbox.get(0) if len(self._inbox) and len(self._ready) < PAGE else None

    def _take(self, item: EventFrame | Heads) -> None:
        """Take in an event or heads; a break in the history is raised once all events before it are read."""
        try:
            if isinstance(item, EventFrame):
                self._ready += self._follower(item.topic, item.epoch).event(item)
                return
            for stream, head in item.by_stream.items():
                self._follower(stream, head.epoch).head(head)
        except StreamError as error:
            self._error = error

    def _follower(self, stream: str, epoch: str) -> Follower:
        if stream not in self._followers:
            self._epoch = self._epoch or epoch
            self._followers[stream] = Follower(stream, self._epoch, 0)
        return self._followers[stream]

    def _replay(self, follower: Follower) -> None:
        """Ask for the missing events. While following, a bridge that is away is asked again a little later."""
        before = follower.last
        try:
            reply = self._ask_replay(follower.stream, follower.epoch, before + 1, PAGE)
        except (Unreachable, BridgeUnavailable) as error:
            if not self._follow or error.code == "client.closed":
                raise
            self._retry_at = time.monotonic() + PAUSE_SECONDS
            return
        for seq, type_, ts_us, flags, body in reply.events:
            self._ready += follower.event(EventFrame(follower.stream, reply.epoch, seq, type_, ts_us, flags, body))
        if follower.last == before:
            self._retry_at = time.monotonic() + PAUSE_SECONDS

    def _ask_replay(self, stream: str, epoch: str, from_seq: int, limit: int) -> Replay:
        return self._channel.ask(GetReplay(stream=stream, epoch=epoch, from_seq=from_seq, limit=limit), Replay)
