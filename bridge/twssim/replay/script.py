"""A recorded session as a play: what the client asked, and what TWS said because of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from twssim.profile import Profile, profile_of
from twssim.recording import Frame, RecordedSession
from twssim.replay.messages import (
    COMMISSION,
    EITHER,
    EXECUTION,
    OPEN_ORDER,
    OPEN_ORDER_END,
    ORDER,
    ORDER_STATUS,
    REQUEST,
    SOURCES,
    Message,
)
from twssim.wire import UnreadableRequest

END_MARKERS = frozenset({52, 53, 54, 55, 57, 62, 64, 72, 74, 76, 87, 102, 103, 108})
OPEN_ORDER_REQUESTS = frozenset({5, 15, 16})
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that TWS said: so many seconds after its cause, and (`at`) after the session had begun."""

    number: int
    message: Message
    delay: float
    at: float
    is_loose: bool
    """Whether nothing tells its cause: then it is the request before it."""


@dataclass(slots=True, eq=False)
class Asked:
    """One request of the recorded client; `request` is None when it cannot be read."""

    number: int
    us: int
    message: Message
    request: Any
    lines: list[Line] = field(default_factory=list)

    def answer(self) -> list[Line]:
        """What followed up to the end marker; everything that was about it when there is none."""
        lines = [line for line in self.lines if not line.is_loose]
        ends = [at for at, line in enumerate(lines) if line.message.id in END_MARKERS]
        return lines[: ends[0] + 1] if ends else lines

    @property
    def key(self) -> Key | None:
        """Its order id or request id."""
        return key_of(self.request)

    @property
    def name(self) -> str:
        """What kind of request it is."""
        return type(self.request).__name__ if self.request else f"message {self.message.id}"


def key_of(request: Any) -> Key | None:
    """The order id or request id of a request; None when it has none."""
    for kind, name in ((ORDER, "order_id"), (REQUEST, "req_id")):
        if isinstance(number := getattr(request, name, None), int) and number >= 0:
            return kind, number
    return None


class Script:
    """Everything that one recorded session says, by cause."""

    def __init__(self, session: RecordedSession) -> None:
        """Raises ValueError when this installation cannot speak the recorded server version."""
        self.version = session.server_version
        self._profile: Profile = profile_of(self.version)
        self.greeting = b""
        self.asked: list[Asked] = []
        self.ends_after: float | None = None
        self._by_key: dict[Key, Asked] = {}
        self._by_message: dict[int, Asked] = {}
        self._listing: Asked | None = None
        self._said = 0
        self._execution: Asked | None = None
        for frame in session.frames:
            self._take(frame)
        if session.ended_us is not None and self.asked:
            self.ends_after = (session.ended_us - self.asked[0].us) / 1e6

    def last(self, message_id: int) -> bytes:
        """The last message of that kind in the whole session; empty when there is none."""
        found = [line.message for asked in self.asked for line in asked.lines if line.message.id == message_id]
        return found[-1].head + found[-1].body if found else b""

    def _take(self, frame: Frame) -> None:
        if frame.side == "client":
            if not frame.payload.startswith(b"v") or self.asked:
                self._ask(frame)
        elif not self.asked:
            self.greeting = self.greeting or frame.payload
        else:
            self._say(frame)

    def _ask(self, frame: Frame) -> None:
        try:
            request: Any = self._profile.read(frame.payload)
        except UnreadableRequest:
            request = None
        asked = Asked(len(self.asked), frame.us, Message.of(frame.payload, self.version), request)
        self.asked.append(asked)
        self._by_message[asked.message.id] = asked
        if asked.key is not None:
            self._by_key[asked.key] = asked
        if asked.message.id in OPEN_ORDER_REQUESTS:
            self._listing = asked

    def _say(self, frame: Frame) -> None:
        message = Message.of(frame.payload, self.version)
        cause, is_loose = self._cause(message), False
        if cause is None:
            cause, is_loose = self.asked[-1], True
        if message.id == EXECUTION:
            self._execution = cause
        if message.id == OPEN_ORDER_END:
            self._listing = None
        delay, at = (frame.us - cause.us) / 1e6, (frame.us - self.asked[0].us) / 1e6
        self._said += 1
        cause.lines.append(Line(self._said, message, max(delay, 0.0), max(at, 0.0), is_loose))

    def _cause(self, message: Message) -> Asked | None:
        if message.id in (OPEN_ORDER, ORDER_STATUS) and self._listing is not None:
            return self._listing
        if message.id == COMMISSION:
            return self._execution
        candidates = [
            self._by_key[key]
            for kind, number in message.ids(self.version)
            for key in ([(ORDER, number), (REQUEST, number)] if kind == EITHER else [(kind, number)])
            if key in self._by_key
        ]
        candidates = candidates[:1] if message.id == EXECUTION else candidates
        candidates += [self._by_message[each] for each in SOURCES.get(message.id, ()) if each in self._by_message]
        return max(candidates, key=lambda asked: asked.number, default=None)
