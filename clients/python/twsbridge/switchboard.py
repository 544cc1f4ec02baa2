"""What the I/O thread does with frames and time: sockets on one side, dialogue, readers and lines on the other."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import zmq

from twsbridge.connection import Connection
from twsbridge.dialogue import GREETING, Dialogue
from twsbridge.errors import BridgeError, refused
from twsbridge.hub import EventInbox, Hub
from twsbridge.lines import Lines, TickInbox
from twsbridge.link import Link, LinkEvent, receive
from twsbridge.liveness import BackOff
from twsbridge.protocol import topics
from twsbridge.protocol.commands import Hello
from twsbridge.protocol.envelope import decode_event, decode_reply
from twsbridge.protocol.events import Heartbeat, Synced
from twsbridge.times import steady_us

log = logging.getLogger(__name__)

MESSAGES_PER_TURN = 1000
GOODBYE_MS = 200
FIRST_PAUSE_S = 3.0
LONGEST_PAUSE_S = 5.0
TICKS_LOST = "The connection to the bridge was lost"


class Switchboard:
    """Used by the I/O thread alone. `find` gives the connection, anew after each loss: a bridge may change ports."""

    def __init__(
        self, context: zmq.Context[zmq.Socket[bytes]], find: Callable[[], Connection], hello: Hello = GREETING
    ) -> None:
        self._context = context
        self._find = find
        self.dialogue = Dialogue(time.monotonic(), steady_us, hello)
        self._hub = Hub()
        self._lines = Lines()
        self._last_words: BridgeError | None = None
        self._backoff = BackOff(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        self._retry_at = time.monotonic() + self._backoff.next()
        self.link = self._new_link(find())

    @property
    def connection(self) -> Connection:
        """Where the bridge is thought to be."""
        return self.link.connection

    def turn(self, ready: set[object], now: float) -> None:
        """Take in what has arrived, look at the clock, send what is to be sent."""
        self._take_in(ready, now)
        self.dialogue.due(now)
        self._mend(now)
        self.link.send(self.dialogue.courier.take())

    def open_inbox(self, inbox: EventInbox, nonce: str) -> None:
        """Subscribe to what a reader wants; the barrier's heads are the first that it gets."""
        if self._last_words is not None:
            inbox.close(self._last_words)
            return
        for topic in self._hub.open(inbox, nonce):
            self.link.evt.subscribe(topic)

    def join_line(self, topic: str, inbox: TickInbox) -> None:
        """Put the frames of a market data line into this inbox, too."""
        if self._last_words is not None:
            inbox.close(self._last_words)
        elif self._lines.join(topic, inbox):
            self.link.md.subscribe(topic)

    def leave_line(self, topic: str, inbox: TickInbox) -> None:
        """No more frames of this line into this inbox."""
        if self._last_words is None and self._lines.leave(topic, inbox):
            self.link.md.unsubscribe(topic)

    def close(self, error: BridgeError) -> None:
        """Say goodbye, tell everybody who waits and whoever may still come, close the sockets."""
        self._last_words = error
        for close in (self.dialogue.close, self._hub.close, self._lines.close):
            close(error)
        self.link.send(self.dialogue.courier.take())
        self.link.close(GOODBYE_MS)

    def _take_in(self, ready: set[object], now: float) -> None:
        link = self.link
        for frames in receive(link.cmd, ready, MESSAGES_PER_TURN):
            self._reply(frames, now)
        for frames in receive(link.evt, ready, MESSAGES_PER_TURN):
            self._event(frames, now)
        if link.md_monitor in ready and link.has_lost_ticks():
            self._lines.cut(TICKS_LOST)
        for frames in receive(link.md, ready, MESSAGES_PER_TURN):
            self._ticks(frames[0])
        for happening in link.happenings() if link.monitor in ready else ():
            self._happened(happening, now)

    def _happened(self, happening: LinkEvent, now: float) -> None:
        endpoint = self.connection.cmd
        if happening is LinkEvent.UP:
            self.dialogue.connected(now)
        elif happening is LinkEvent.DOWN:
            self.link.drop_unsent()
            if self.dialogue.is_up:
                self.dialogue.disconnected(happening.value)
        elif happening is LinkEvent.REFUSED:
            self.dialogue.refused(refused(endpoint))
        else:
            self.dialogue.unreached(happening.value, endpoint, now)

    def _reply(self, frames: list[bytes], now: float) -> None:
        try:
            self.dialogue.replied(decode_reply(frames), now)
        except ValueError as error:
            log.warning("A reply of the bridge cannot be read and was dropped: %s", error)

    def _event(self, frames: list[bytes], now: float) -> None:
        try:
            event = decode_event(frames)
            if event.topic.startswith(topics.HEARTBEAT):
                beat = Heartbeat.model_validate(event.body)
                self.dialogue.beat(beat.sid, now)
                self._hub.beat(beat)
            elif event.topic.startswith(topics.SYNC):
                synced = Synced.model_validate(event.body)
                for topic in (event.topic, *synced.refused):
                    self.link.evt.unsubscribe(topic)
                self._hub.synced(event.topic, synced)
            else:
                self._hub.event(event)
        except ValueError as error:
            log.warning("An event of the bridge cannot be read and was dropped: %s", error)

    def _ticks(self, frame: bytes) -> None:
        try:
            self._lines.frame(frame, self.connection.public_key)
        except (ValueError, TypeError) as error:
            log.warning("A frame of market data cannot be read and was dropped: %s", error)

    def _mend(self, now: float) -> None:
        """Without a session, make a new link from time to time; the connection file is read anew."""
        if self.dialogue.is_up:
            self._backoff.reset()
            self._retry_at = now
        elif now >= self._retry_at or self.dialogue.is_dead:
            self.dialogue.is_dead = False
            self._retry_at = now + self._backoff.next()
            self._relink()

    def _relink(self) -> None:
        try:
            link = self._new_link(self._find())
        except BridgeError as error:
            log.info("The connection stays as it was: %s", error)
            link = self._new_link(self.connection)
        self.link.close()
        self.link = link
        self._lines.cut(TICKS_LOST)

    def _new_link(self, connection: Connection) -> Link:
        """A link that connects, with all that is subscribed."""
        link = Link(self._context, connection)
        try:
            link.open()
        except BridgeError:
            link.close()
            raise
        for topic in self._hub.topics():
            link.evt.subscribe(topic)
        for topic in self._lines.topics():
            link.md.subscribe(topic)
        return link
