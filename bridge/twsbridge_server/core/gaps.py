"""Saying in each stream that something may be missing from it, and when that is over."""

from __future__ import annotations

from collections.abc import Iterable

from twsbridge.protocol import topics
from twsbridge.protocol.events import Gap, Resumed
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.sequencer import Sequencer


class Gaps:
    """One gap at a time, in `sys|` and in the streams of every account; it ends in those in which it began."""

    def __init__(self, sequencer: Sequencer) -> None:
        self._sequencer = sequencer
        self._since_us = 0
        self._streams: list[str] = []

    def begin(self, reason: str, accounts: Iterable[str], since: int, now: int) -> list[Effect]:
        """From `since` on events may be missing; said once, however many reasons follow."""
        if self._streams:
            return []
        self._since_us = since
        known = {stream for stream in self._sequencer.heads() if stream != topics.SYSTEM}
        of_login = {topic(account) for account in accounts for topic in (topics.orders, topics.account)}
        self._streams = [topics.SYSTEM, *sorted(known | of_login)]
        said = (Gap(stream=stream, since_us=since, reason=reason) for stream in self._streams)
        return [effect for gap in said for effect in self._sequencer.event(gap.stream, gap, now)]

    def end(self, data_lost: bool, now: int) -> list[Effect]:
        """Everything was compared with TWS. `data_lost`: ticks of the meantime are gone for good."""
        streams, self._streams = self._streams, []
        said = (Resumed(stream=stream, since_us=self._since_us, data_lost=data_lost) for stream in streams)
        return [effect for over in said for effect in self._sequencer.event(over.stream, over, now)]
