"""What a connection is kept informed about, or waits for, by kind and request id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from twssim.contracts import Instrument
from twssim.scheduler import Scheduler, Timer


@dataclass(slots=True)
class Stream:
    """One subscription, or one request whose answer is under way; subclasses say of what kind."""

    req_id: int
    timers: list[Timer] = field(default_factory=list, kw_only=True)

    def close(self) -> None:
        """Let nothing more happen for this request."""
        for timer in self.timers:
            timer.cancel()

    def later(self, scheduler: Scheduler, delay: float, action: Callable[[], None]) -> None:
        """Do something `delay` seconds from now, unless the stream has ended by then."""
        self.timers = [scheduler.after(delay, action)]

    def every(self, scheduler: Scheduler, interval: float, action: Callable[[], None]) -> None:
        """Do something again and again until the stream ends; the first time after `interval`."""

        def again() -> None:
            self.every(scheduler, interval, action)
            action()

        self.later(scheduler, interval, again)


@dataclass(slots=True)
class Line(Stream):
    """A stream of one instrument; each instrument uses one line of the login's allowance."""

    instrument: Instrument


Kind = TypeVar("Kind", bound=Stream)


class Streams:
    """All streams of one connection; kinds do not share their request ids."""

    def __init__(self) -> None:
        """Start with none."""
        self._open: dict[type[Stream], dict[int, Stream]] = {}

    def add(self, stream: Stream) -> None:
        """Keep a stream under its kind and request id."""
        self._open.setdefault(type(stream), {})[stream.req_id] = stream

    def get(self, kind: type[Kind], req_id: int) -> Kind | None:
        """The stream of this kind with this id, or None."""
        return cast("Kind | None", self._open.get(kind, {}).get(req_id))

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Every stream of exactly this kind."""
        return cast("list[Kind]", list(self._open.get(kind, {}).values()))

    def lines(self) -> list[Line]:
        """Every stream that uses a market data line."""
        return [each for streams in self._open.values() for each in streams.values() if isinstance(each, Line)]

    def close(self, kind: type[Stream], req_id: int) -> bool:
        """End a stream; False when there is none of this kind with this id."""
        stream = self._open.get(kind, {}).pop(req_id, None)
        if stream is not None:
            stream.close()
        return stream is not None

    def done(self, stream: Stream) -> None:
        """Forget a stream that has come to its end; another one with the same id stays."""
        same_kind = self._open.get(type(stream), {})
        if same_kind.get(stream.req_id) is stream:
            del same_kind[stream.req_id]

    def close_all(self) -> None:
        """End everything."""
        for streams in self._open.values():
            for stream in streams.values():
                stream.close()
        self._open.clear()
