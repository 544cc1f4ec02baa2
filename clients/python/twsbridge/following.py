"""The part of the client that follows what happens: fills, events, notices, callbacks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar, overload

from twsbridge.callbacks import Callback, Callbacks
from twsbridge.channel import Channel
from twsbridge.cursor import Since, start_from
from twsbridge.fills import Fills
from twsbridge.protocol import topics
from twsbridge.protocol.commands import GetStatus
from twsbridge.protocol.models import Notice
from twsbridge.protocol.replies import Status
from twsbridge.reader import EventReader
from twsbridge.rows import Rows

F = TypeVar("F", bound=Callback)

READY = "READY"

STREAMS = {"orders": topics.ALL_ORDERS, "accounts": topics.ALL_ACCOUNTS, "system": topics.SYSTEM}
"""Words for streams; a stream's own name, such as "ord|DU1234567|", may be given as well."""


class Following:
    """Events of the bridge: each once, in order, also across restarts of the bridge and of this program."""

    _channel: Channel
    _callbacks: Callbacks

    def fills(self, since: Since = "today", *, follow: bool = True, account: str = "") -> Fills:
        """Fills and corrections since then, and on from there for ever (follow=False: up to now).

        `since` is "today", "now", a datetime, None for all that is kept, or the `.cursor` of an earlier run: then
        exactly the fills come that had not come yet.
        """
        start = start_from(since)
        stream = topics.orders(account) if account else topics.ALL_ORDERS
        return Fills(EventReader(self._channel, (stream,), start, follow=follow), start.instant)

    def events(self, *streams: str, since: Since = "now", follow: bool = True) -> EventReader:
        """Everything that happens in "orders", "accounts", "system" (all three when none is named), as it comes."""
        names = streams or tuple(STREAMS)
        prefixes = tuple(STREAMS.get(name, name) for name in names)
        return EventReader(self._channel, prefixes, start_from(since), follow=follow)

    def wait_ready(self, timeout: float | None = None) -> None:
        """Wait until the bridge has TWS and has compared its records with it: from then on everything works.

        Raises TimeoutError with the state at that time and the reason for it.
        """
        seconds = self._channel.seconds(timeout)
        deadline = time.monotonic() + seconds
        with self.events("system") as events:
            status = self._channel.ask(GetStatus(), Status, timeout)
            while status.state != READY:
                if events.next(max(0.0, deadline - time.monotonic())) is None:
                    why = f" ({status.reason})" if status.reason else ""
                    raise TimeoutError(f"The bridge is {status.state}{why} after {seconds:g} s, not {READY} yet")
                status = self._channel.ask(GetStatus(), Status, timeout)

    def notices(self, since: Since = "today") -> Rows[Notice]:
        """What TWS said besides answers, such as the states of its data farms (2104, 2106, 2158)."""
        start = start_from(since)
        reader = EventReader(self._channel, (topics.SYSTEM,), start, follow=False)
        notices = [Notice.model_validate(event.body) for event in reader if event.type == "notice"]
        return Rows(notice for notice in notices if notice.time_us >= (start.instant or 0))

    @overload
    def on(self, name: str, callback: F) -> F: ...
    @overload
    def on(self, name: str) -> Callable[[F], F]: ...
    def on(self, name: str, callback: F | None = None) -> F | Callable[[F], F]:
        """Call a function for every "fill", "order", "commission", "notice", "position" ... from now on.

        It runs in a thread of its own, and gets the fill, order state, notice ... `@client.on("fill")` does it, too.
        """
        if callback is None:
            return lambda function: self.on(name, function)
        self._callbacks.add(name, callback)
        return callback

    def off(self, callback: Callback) -> None:
        """Call this function no more."""
        self._callbacks.remove(callback)
