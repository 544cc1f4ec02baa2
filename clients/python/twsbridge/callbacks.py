"""Functions that are called when something happens, in a thread of their own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from twsbridge.channel import Channel
from twsbridge.fills import fill_of
from twsbridge.listener import Listener
from twsbridge.protocol import topics
from twsbridge.protocol.events import EVENTS
from twsbridge.stream_event import StreamEvent

log = logging.getLogger(__name__)

Callback = Callable[[Any], object]

FILL = "fill"
"""The name for executions and corrections together."""

NAMES = frozenset(EVENTS) - {"heartbeat", "sync"} | {FILL}


class Callbacks:
    """Who wants to be called for what. An error in one of them is logged and keeps nobody else from being called."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._lock = threading.Lock()
        self._wanted: list[tuple[str, Callback]] = []
        self._listener: Listener | None = None

    def add(self, name: str, callback: Callback) -> None:
        """Call this for every event of this name from now on; raises ValueError for a name that there is not."""
        if name not in NAMES:
            raise ValueError(f"there is no event {name!r}; there are {', '.join(sorted(NAMES))}")
        with self._lock:
            self._wanted = [*self._wanted, (name, callback)]
            if self._listener is None:
                prefixes = (topics.ALL_ORDERS, topics.ALL_ACCOUNTS, topics.SYSTEM)
                self._listener = Listener(self._channel, prefixes, self._call)

    def remove(self, callback: Callback) -> None:
        """Call it no more."""
        with self._lock:
            self._wanted = [(name, each) for name, each in self._wanted if each != callback]

    def _call(self, event: StreamEvent) -> None:
        is_fill = event.type in ("execution", "correction")
        names = {event.type, FILL} if is_fill else {event.type}
        for name, callback in self._wanted:
            if name in names:
                try:
                    callback(fill_of(event) if is_fill else event.value)
                except Exception:
                    log.exception("A callback for %s failed; the others go on", name)
