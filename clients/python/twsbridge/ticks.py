"""Streams of quotes: shared lines of market data, read in the caller's own thread."""

from __future__ import annotations

import time
import weakref
from collections.abc import Sequence

from twsbridge.channel import Channel
from twsbridge.errors import Closed, closed
from twsbridge.lines import TickInbox
from twsbridge.protocol.replies import QuoteLine
from twsbridge.quote import Market, Quote
from twsbridge.stream import Stream

SETTLE_SECONDS = 1.0
"""After its first tick, a line has this long to complete its bid, ask and last."""


class TickStream(Stream[Quote]):
    """Iterator of quotes of some contracts, one for each change, until it is closed.

    Several streams of one contract in one client share one subscription. With a `timeout`, silence of so many seconds
    raises TimeoutError. When TWS has ended all its lines, the last reason is raised.
    """

    def __init__(self, channel: Channel, lines: Sequence[QuoteLine], timeout: float | None = None) -> None:
        self._timeout = timeout
        self._inbox: TickInbox = TickInbox()
        self._markets = {line.topic: Market(line.contract) for line in lines}
        self.missed = 0
        topics = list(self._markets)
        for topic in topics:
            channel.join_line(topic, self._inbox)
        self._leave = weakref.finalize(self, _leave, channel, topics, self._inbox)

    @property
    def quotes(self) -> list[Quote]:
        """The newest quote of every contract, in the order in which they were asked for."""
        return [market.quote for market in self._markets.values()]

    def next(self, timeout: float | None = None) -> Quote | None:
        """The next quote that tells something; None when none came within `timeout` seconds (None: wait for ever)."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            frame = self._inbox.get(None if deadline is None else max(0.0, deadline - time.monotonic()))
            if frame is None:
                return None
            quote = self._markets[frame.topic].take(frame)
            self.missed += quote.missed
            if quote.state == "ended" and (error := quote.error) and all(each.state == "ended" for each in self.quotes):
                raise error
            if quote.values or quote.error:
                return quote

    def __next__(self) -> Quote:
        try:
            quote = self.next(self._timeout)
        except Closed:
            raise StopIteration from None
        if quote is None:
            raise TimeoutError(f"No tick of {len(self._markets)} contracts came within {self._timeout:g} s")
        return quote

    def close(self) -> None:
        """Give the lines back; loops over this stream end."""
        self._leave()
        self._inbox.close(closed())


def snapshot(channel: Channel, line: QuoteLine, seconds: float) -> Quote:
    """Open a line, wait until it has told bid, ask and last, or has settled without; close it again.

    Raises TimeoutError when no value came at all, and TWS's own error when it refuses the line.
    """
    deadline = time.monotonic() + seconds
    with TickStream(channel, [line]) as stream:
        while (left := deadline - time.monotonic()) > 0:
            quote = stream.next(left)
            if quote is not None and quote.is_complete:
                return quote
            if quote is not None and quote.values:
                deadline = min(deadline, time.monotonic() + SETTLE_SECONDS)
        quote = stream.quotes[0]
    if not quote.values:
        raise TimeoutError(
            f"No market data for {quote.contract!r} within {seconds:g} s (state {quote.state}). "
            "Nothing is open any more. The market may be closed, or the account has no subscription for it."
        )
    return quote


def _leave(channel: Channel, topics: list[str], inbox: TickInbox) -> None:
    for topic in topics:
        channel.leave_line(topic, inbox)
