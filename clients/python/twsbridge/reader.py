"""Reading sequenced events in the caller's own thread: barrier, replay from a cursor, then live, without a hole."""

from __future__ import annotations

import time
from collections import deque

from twsbridge.channel import Channel
from twsbridge.cursor import Cursor, Start
from twsbridge.errors import BridgeUnavailable, StreamError, Unreachable, closed
from twsbridge.follow import Follower
from twsbridge.followers import Followers
from twsbridge.hub import Heads
from twsbridge.protocol.commands import GetReplay
from twsbridge.protocol.envelope import EventFrame
from twsbridge.protocol.replies import Head, Replay
from twsbridge.stream import Stream
from twsbridge.stream_event import StreamEvent

PAGE = 1000
PAUSE_SECONDS = 1.0
CLOCK_STEP_US = 3_600_000_000
"""How far the bridge's clock may have been set back in its history without hiding events from `since`."""


class EventReader(Stream[StreamEvent]):
    """Events of all streams that begin with one of the prefixes, each once and in the order of its stream.

    It survives a restart of the bridge. It raises StreamError when the journal's history was replaced. Not following,
    it ends with the events that there are when it is opened.
    """

    def __init__(
        self,
        channel: Channel,
        prefixes: tuple[str, ...],
        start: Start,
        *,
        follow: bool = True,
        timeout: float | None = None,
    ) -> None:
        self._channel = channel
        self._follow = follow
        self._ready: deque[EventFrame] = deque()
        self._retry_at = 0.0
        self._error: StreamError | None = None
        self._inbox, heads = channel.read_events(prefixes, timeout)
        self._followers = self._placed(heads.by_stream, start)
        self._seqs = self._followers.places
        self._until = {stream: head.next - 1 for stream, head in heads.by_stream.items()}

    @property
    def cursor(self) -> Cursor:
        """The place behind the last event that was read: store it, and give it back as `since` another time."""
        return Cursor(self._followers.epoch, dict(self._seqs))

    @property
    def upcoming(self) -> deque[EventFrame]:
        """Events that have arrived already and come next."""
        return self._ready

    @property
    def is_caught_up(self) -> bool:
        """True when nothing is known to be missing or waiting."""
        return self._followers.wanting is None and not self._ready and not len(self._inbox)

    def next(self, timeout: float | None = None) -> StreamEvent | None:
        """The next event; None when none came within `timeout` seconds, or at the end when not following."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._ready:
            left = None if deadline is None else deadline - time.monotonic()
            if self._is_finished() or (left is not None and left < 0):
                return None
            self._step(left)
        event = StreamEvent(*self._ready.popleft())
        self._seqs[event.topic] = event.seq
        return event

    def close(self) -> None:
        """End every loop over this reader."""
        self._inbox.close(closed())

    def _placed(self, heads: dict[str, Head], start: Start) -> Followers:
        """A place in every stream: that of the cursor, or one that follows from `start`."""
        followers = Followers(start.cursor_for(heads))
        for stream, head in heads.items():
            if stream not in followers:
                followers.begin(stream, head, self._last(stream, head, start))
        followers.heads(heads)
        return followers

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
        places = self._followers.places
        return not self._follow and all(places[stream] >= last for stream, last in self._until.items())

    def _step(self, left: float | None) -> None:
        """Fetch what is missing, else wait for what comes and take in all that is there."""
        if self._error is not None:
            raise self._error
        now = time.monotonic()
        wanting = self._followers.wanting
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
                self._ready += self._followers.event(item)
            else:
                self._followers.heads(item.by_stream)
        except StreamError as error:
            self._error = error

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
