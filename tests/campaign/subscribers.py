"""A subscriber of everything sequenced: it writes down what it is told, across all restarts of the bridge."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, NamedTuple

from twsbridge import BridgeError, Client


class Told(NamedTuple):
    """One event as a subscriber got it."""

    stream: str
    epoch: str
    seq: int
    type: str
    body: dict[str, Any]


class Subscriber:
    """Follows orders and the session in a thread of its own, from the first event on. `log` is all that it was told."""

    def __init__(self, connection: Path) -> None:
        self.log: list[Told] = []
        self.complaints: list[str] = []
        self._tws = Client(connection)
        self._events = self._tws.events("orders", "system", since=None)
        self._thread = threading.Thread(target=self._run, name="subscriber", daemon=True)
        self._thread.start()

    def last(self, stream: str) -> int:
        """The number of the last event of this stream; 0 before the first."""
        return max((told.seq for told in self.log if told.stream == stream), default=0)

    def close(self) -> None:
        """End."""
        self._events.close()
        self._thread.join()
        self._tws.close()

    def _run(self) -> None:
        try:
            for event in self._events:
                self.log.append(Told(event.topic, event.epoch, event.seq, event.type, event.body))
        except BridgeError as error:
            if error.code != "client.closed":
                self.complaints.append(f"a subscriber stopped: {error}")
