"""A thread that reads events in the background for as long as the client lives."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from twsbridge.channel import Channel
from twsbridge.cursor import Start
from twsbridge.errors import BridgeError, StreamError
from twsbridge.reader import EventReader
from twsbridge.stream_event import StreamEvent

log = logging.getLogger(__name__)

_NOW = Start(now=True)


class Listener:
    """Gives every event from now on to `take`, in one thread. In force when the constructor returns.

    `broke` is called when the journal's history was replaced: what happened around that moment was not seen.
    """

    def __init__(
        self,
        channel: Channel,
        prefixes: tuple[str, ...],
        take: Callable[[StreamEvent], None],
        broke: Callable[[], None] = lambda: None,
        timeout: float | None = None,
    ) -> None:
        self._channel = channel
        self._prefixes = prefixes
        self._take = take
        self._broke = broke
        reader = EventReader(channel, prefixes, _NOW, timeout=timeout)
        threading.Thread(target=self._run, args=(reader,), name="twsbridge-events", daemon=True).start()

    def _run(self, reader: EventReader | None) -> None:
        while reader is not None:
            try:
                for event in reader:
                    self._pass_on(event)
                return
            except StreamError as error:
                log.warning("Events begin anew: %s", error)
                reader = self._again()
            except BridgeError as error:
                log.error("No more events: %s", error)
                return

    def _pass_on(self, event: StreamEvent) -> None:
        try:
            self._take(event)
        except Exception:
            log.exception("Handling %s failed; the events after it go on", event.type)

    def _again(self) -> EventReader | None:
        """A reader of the new history, as soon as the bridge gives one; None when the client is closed."""
        while True:
            try:
                reader = EventReader(self._channel, self._prefixes, _NOW)
                self._broke()
                return reader
            except BridgeError as error:
                if error.code == "client.closed":
                    return None
                log.info("Events are not to be had yet: %s", error)
