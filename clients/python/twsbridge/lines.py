"""Topics of `md` in use by this process: one subscription each, however many streams read it. No sockets."""

from __future__ import annotations

from typing import Any

from twsbridge.inbox import Inbox
from twsbridge.protocol.envelope import TicksFrame, decode_ticks
from twsbridge.protocol.line_state import Refused
from twsbridge.protocol.stream_rows import StreamRow, Tick
from twsbridge.protocol.stream_states import QuoteState
from twsbridge.protocol.streams import parse_stream

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
        self._state: dict[str, Any] = {}
        self._n = 0
        self._ts_us = 0

    def take(self, frame: TicksFrame) -> list[TickInbox]:
        """Keep what the frame says and pass it on; returns the inboxes that are full."""
        self._n, self._ts_us = frame.n, frame.ts_us
        if frame.kind == "state":
            self._state = frame.body
        else:
            frame = frame._replace(body=[row_of(self._row, values) for values in frame.body])
            if frame.kind == "image":
                self._kept.clear()
            self._kept.take(tuple(frame.body), frame.kind == "image")
        return [inbox for inbox in self.inboxes if not inbox.put(frame)]

    def image(self) -> list[TicksFrame]:
        """All that is known, as frames."""
        frames = []
        if self._state:
            frames.append(TicksFrame(self.topic, "state", self._n, self._ts_us, self._state))
        if image := self._kept.image():
            frames.append(TicksFrame(self.topic, "image", self._n, self._ts_us, list(image)))
        return frames


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
        for inbox in line.take(frame) if line else ():
            inbox.replace([image for line in self._lines.values() if inbox in line.inboxes for image in line.image()])

    def close(self, error: BaseException) -> None:
        """Tell every stream that nothing more will come."""
        for line in self._lines.values():
            for inbox in line.inboxes:
                inbox.close(error)
