"""Streams of rows other than quotes: books, tick-by-tick, bars, scanners, profit and loss, news."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from twsbridge.channel import Channel
from twsbridge.errors import BridgeError, Closed, closed, exception_for
from twsbridge.inbox import Inbox
from twsbridge.lines import TickInbox
from twsbridge.protocol.envelope import TicksFrame
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.line_state import LineGap, LineHeld, LineResumed
from twsbridge.stream import Stream

T = TypeVar("T")


class RowStream(Stream[T], Generic[T]):
    """Iterator of what one topic tells, until it is closed; `made` makes items of the rows of a frame.

    What there is already comes first. With a `timeout`, silence of so many seconds raises TimeoutError. When the bridge
    or TWS has ended the line, the reason is raised.
    """

    def __init__(
        self, channel: Channel, topic: str, made: Callable[[list[Any], bool], list[T]], timeout: float | None = None
    ) -> None:
        self.topic = topic
        self.status: dict[str, object] = {}
        self.missed = 0
        self._timeout = timeout
        self._made = made
        self._n: int | None = None
        self._items: list[T] = []
        self._inbox: TickInbox = Inbox()
        channel.join_line(topic, self._inbox)
        self._leave = weakref.finalize(self, channel.leave_line, topic, self._inbox)

    @property
    def state(self) -> str:
        """waiting, live, delayed, frozen, stale or ended; what is stale or ended is no longer the market's."""
        return str(self.status.get("state", "waiting"))

    @property
    def gap(self) -> LineGap | None:
        """Since when rows may be missing, and why; None while none are."""
        gap = self.status.get("gap")
        return LineGap.model_validate(gap) if gap else None

    @property
    def held(self) -> LineHeld | None:
        """Until when TWS's pacing lets the line wait, and why; None while it does not."""
        held = self.status.get("held")
        return LineHeld.model_validate(held) if held else None

    @property
    def resumed(self) -> LineResumed | None:
        """The gap that ended when the line came to this state: it lies before the item that was read last."""
        resumed = self.status.get("resumed")
        return LineResumed.model_validate(resumed) if resumed else None

    @property
    def error(self) -> BridgeError | None:
        """What TWS said when it ended or stopped the line."""
        error = self.status.get("error")
        return exception_for(WireError.model_validate(error)) if error else None

    def next(self, timeout: float | None = None) -> T | None:
        """The next item; None when none came within `timeout` seconds (None: wait for ever)."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._items:
            frame = self._inbox.get(None if deadline is None else max(0.0, deadline - time.monotonic()))
            if frame is None:
                return None
            self._take(frame)
        return self._items.pop(0)

    def __next__(self) -> T:
        try:
            item = self.next(self._timeout)
        except Closed:
            raise StopIteration from None
        if item is None:
            raise TimeoutError(f"Nothing came on {self.topic} within {self._timeout:g} s (state {self.state})")
        return item

    def close(self) -> None:
        """Give the line back; loops over this stream end."""
        self._leave()
        self._inbox.close(closed())

    def _take(self, frame: TicksFrame) -> None:
        self.missed += 0 if self._n is None else max(0, frame.n - self._n - 1)
        self._n = frame.n
        if frame.kind == "state":
            self.status = frame.body
            if self.state == "ended" and (error := self.error):
                raise error
        else:
            self._items += self._made(frame.body, frame.kind == "image")


def each_row(rows: list[T], is_image: bool) -> list[T]:
    """Every row is an item."""
    return rows
