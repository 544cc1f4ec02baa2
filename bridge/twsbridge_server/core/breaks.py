"""Where the bridge's records and TWS differ: published when found and when gone, and never mended silently."""

from __future__ import annotations

from collections.abc import Callable

from twsbridge.protocol import topics
from twsbridge.protocol.events import ReconBreak
from twsbridge.protocol.models import Break
from twsbridge_server.core.effects import Effect, Log
from twsbridge_server.core.sequencer import Sequencer


class Breaks:
    """The differences that stand, each under a name of its own. `on_found` hear of each when it is published."""

    def __init__(self, sequencer: Sequencer) -> None:
        self._sequencer = sequencer
        self._standing: dict[str, Break] = {}
        self.on_found: list[Callable[[Break, int], None]] = []

    def found(self, name: str, difference: Break, now: int) -> list[Effect]:
        """Publish a difference; one that stands already is published again only when its figures change."""
        known = self._standing.get(name)
        difference = difference.model_copy(update={"since_us": known.since_us if known else now})
        if known == difference:
            return []
        self._standing[name] = difference
        for hear in self.on_found:
            hear(difference, now)
        event = ReconBreak(**dict(difference))
        return [Log("error", difference.text), *self._sequencer.event(topics.orders(event.account), event, now)]

    def gone(self, name: str, now: int) -> list[Effect]:
        """The difference stands no more, if it did."""
        known = self._standing.pop(name, None)
        if known is None:
            return []
        event = ReconBreak(**dict(known), resolved=True)
        return [Log("info", f"No more: {known.text}"), *self._sequencer.event(topics.orders(event.account), event, now)]

    def rows(self) -> list[Break]:
        """All that stand, oldest first."""
        return list(self._standing.values())
