"""Topics of `md` in use by this process: one subscription each, however many streams read it. No sockets."""

from __future__ import annotations

from typing import Any

from twsbridge.inbox import Inbox
from twsbridge.outage import Outage
from twsbridge.protocol.envelope import TicksFrame, decode_ticks
from twsbridge.protocol.line_state import Refused
from twsbridge.protocol.stream_rows import StreamRow, Tick
from twsbridge.protocol.stream_states import QuoteState
from twsbridge.protocol.streams import HAPPENING, parse_stream

TickInbox = Inbox[TicksFrame]


def row_of(kind: type[StreamRow], values: list[Any]) -> StreamRow:
    """A row out of its values; a newer bridge may send more of them. ValueError when there are too few."""
    fields = kind._fields
    if len(values) < len(fields):
        raise ValueError(f"a row of {kind.__name__} needs {len(fields)} values, not {len(values)}")
    return kind._make(values[: len(fields)])


class Line:
    """One topic of `md`: the latest state, for streams that join later or fall behind."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.inboxes: list[TickInbox] = []
        read = parse_stream(topic)
        self._kept = read.new_state() if read else QuoteState()
        self._row = read.row if read else Tick
        self._happens = read is not None and read.kind in HAPPENING
        self._outage = Outage()
        self._state: dict[str, Any] = {}
        self._n = 0
        self._ts_us = 0

    def take(self, frame: TicksFrame) -> list[TickInbox]:
        """Keep what the frame says and pass it on; returns the inboxes that are full."""
        self._n, self._ts_us = frame.n, frame.ts_us
        if frame.kind == "state":
            self._state = frame.body
            return self._pass_on(frame._replace(body=self._outage.told(frame.body)))
        frame = frame._replace(body=[row_of(self._row, values) for values in frame.body])
        if self._outage.ends_now(self._state):
            return self._pass_on(*self._after_outage(frame))
        self._keep(frame)
        return self._pass_on(frame)

    def cut(self, reason: str) -> list[TickInbox]:
        """The connection was lost: what is known may be old. Returns the inboxes that are full."""
        image = self._kept.image()
        if not (self._state or image) or not self._outage.begin(reason, self._ts_us):
            return []
        body = self._outage.shown(self._state)
        return self._pass_on(TicksFrame(self.topic, "state", self._n, self._ts_us, body))

    def image(self) -> list[TicksFrame]:
        """All that is known, as frames."""
        frames = []
        if self._state:
            said = self._outage.shown(self._state)
            frames.append(TicksFrame(self.topic, "state", self._n, self._ts_us, said))
        if image := self._kept.image():
            frames.append(TicksFrame(self.topic, "image", self._n, self._ts_us, list(image)))
        return frames

    def _keep(self, frame: TicksFrame) -> None:
        if frame.kind == "image":
            self._kept.clear()
        self._kept.take(tuple(frame.body), frame.kind == "image")

    def _after_outage(self, frame: TicksFrame) -> tuple[TicksFrame, TicksFrame]:
        """The first rows replace all that was known. Of what happens, the end of the gap is told before it."""
        over = frame._replace(kind="state", body=self._outage.end(self._state))
        if self._happens:
            self._keep(frame)
            return over, frame
        self._kept.clear()
        self._keep(frame)
        return frame._replace(kind="image", body=list(self._kept.image())), over

    def _pass_on(self, *frames: TicksFrame) -> list[TickInbox]:
        return [inbox for inbox in self.inboxes if not all([inbox.put(frame) for frame in frames])]


class Lines:
    """All lines of one client, by topic."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}

    def topics(self) -> list[str]:
        """What to subscribe on a new connection."""
        return list(self._lines)

    def join(self, topic: str, inbox: TickInbox) -> bool:
        """A stream wants this line; True when it is the first, so that the topic is to be subscribed."""
        is_first = topic not in self._lines
        line = self._lines.setdefault(topic, Line(topic))
        line.inboxes.append(inbox)
        for frame in line.image():
            inbox.put(frame)
        return is_first

    def leave(self, topic: str, inbox: TickInbox) -> bool:
        """A stream is done; True when it was the last, so that the topic is to be unsubscribed."""
        line = self._lines.get(topic)
        if line is None or inbox not in line.inboxes:
            return False
        line.inboxes.remove(inbox)
        if not line.inboxes:
            del self._lines[topic]
        return not line.inboxes

    def frame(self, raw: bytes, public_key: str = "") -> None:
        """A frame of market data; raises ValueError when it is none. A stream that is full starts from the images.

        Refusals of others than the owner of this key are not meant for us.
        """
        frame = decode_ticks(raw)
        if frame.kind == "refused":
            refused = Refused.model_validate(frame.body)
            if refused.to != public_key:
                return
            frame = frame._replace(kind="state", body={"state": "ended", "error": refused.error.wire()})
        line = self._lines.get(frame.topic)
        self._begin_anew(line.take(frame) if line else [])

    def cut(self, reason: str) -> None:
        """The connection over which they came was lost: a gap in each of them, until the next rows."""
        for line in self._lines.values():
            self._begin_anew(line.cut(reason))

    def _begin_anew(self, full: list[TickInbox]) -> None:
        for inbox in full:
            inbox.replace([image for line in self._lines.values() if inbox in line.inboxes for image in line.image()])

    def close(self, error: BaseException) -> None:
        """Tell every stream that nothing more will come."""
        for line in self._lines.values():
            for inbox in line.inboxes:
                inbox.close(error)
