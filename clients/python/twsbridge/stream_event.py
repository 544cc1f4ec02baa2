"""One sequenced event, as users see it."""

from __future__ import annotations

from datetime import datetime

from twsbridge.protocol.envelope import EventFrame
from twsbridge.protocol.events import EVENTS, RECONCILED, REPLAYED
from twsbridge.protocol.fields import WireModel
from twsbridge.times import clock, to_datetime


class StreamEvent(EventFrame):
    """One event of a stream: `topic` is the stream, (`epoch`, `seq`) its place in it, `body` its plain fields."""

    __slots__ = ()

    @property
    def value(self) -> WireModel | None:
        """The body as its model; None for a type of event that this version does not know."""
        model = EVENTS.get(self.type)
        return model.model_validate(self.body) if model else None

    @property
    def time(self) -> datetime:
        """When the bridge wrote it (UTC)."""
        return to_datetime(self.ts_us)

    @property
    def is_replayed(self) -> bool:
        """True when it comes from the journal, not live."""
        return bool(self.flags & REPLAYED)

    @property
    def is_reconciled(self) -> bool:
        """True when it was learnt by comparing with TWS after an interruption."""
        return bool(self.flags & RECONCILED)

    def __repr__(self) -> str:
        return f"StreamEvent({clock(self.ts_us)} {self.topic}{self.seq} {self.value or (self.type, self.body)!r})"
