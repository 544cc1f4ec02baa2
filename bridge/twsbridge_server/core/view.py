"""One topic of a line: what its subscribers have been told, and how often they want to hear."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from twsbridge.protocol.stream_rows import StreamRow
from twsbridge.protocol.stream_states import Rows, StreamState
from twsbridge_server.core.effects import Effect, PublishTicks

MILLISECOND = 1_000


class View:
    """`every_ms` None passes every row on, 0 only changes, more the latest state at most so often. `n` counts frames.

    What falls together is the latest of everything, never the first: nothing that is still true is dropped.
    """

    __slots__ = ("topic", "_every_us", "_kept", "_n", "_pending", "_is_dirty", "_next_us", "_told")

    def __init__(self, topic: str, every_ms: int | None, kept: StreamState) -> None:
        self.topic = topic
        self._every_us = None if every_ms is None else every_ms * MILLISECOND
        self._kept = kept
        self._n = 0
        self._pending: dict[Hashable, StreamRow] = {}
        self._is_dirty = False
        self._next_us = 0
        self._told: dict[Hashable, StreamRow] = {}

    def rows(self, rows: Rows, now: int) -> list[Effect]:
        """New rows of the line."""
        if self._every_us is None:
            return [self._frame("ticks", rows, now)]
        newest = self._kept.newest(rows)
        if newest is None:
            self._is_dirty = True
        else:
            self._pending.update((key, row) for key, row in newest.items() if self._told.get(key) != row)
            for key in [key for key, row in newest.items() if self._told.get(key) == row]:
                self._pending.pop(key, None)
        return self.due(now)

    def due(self, now: int) -> list[Effect]:
        """Tell what has waited, if the time has come."""
        if now < self._next_us or not (self._pending or self._is_dirty):
            return []
        self._next_us = now + (self._every_us or 0)
        pending, self._pending = self._pending, {}
        if self._is_dirty:
            self._is_dirty = False
            return [self._frame("image", self._kept.image(), now)]
        self._told.update(pending)
        return [self._frame("ticks", tuple(pending.values()), now)]

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        return self._next_us if self._pending or self._is_dirty else None

    def image(self, now: int, even_empty: bool = False) -> list[Effect]:
        """All that is known, if anything is; with `even_empty` also that there is nothing."""
        image = self._kept.image()
        self._pending, self._is_dirty = {}, False
        if self._every_us is not None:
            self._told = self._kept.newest(image) or {}
        return [self._frame("image", image, now)] if image or even_empty else []

    def state(self, said: dict[str, Any], now: int) -> Effect:
        """The state of the line."""
        return self._frame("state", said, now)

    def _frame(self, kind: str, body: Rows | dict[str, Any], now: int) -> PublishTicks:
        self._n += 1
        return PublishTicks(self.topic, kind, self._n, now, body)
