"""What is known of one order: its state, its fills, its events so far. Written by one thread, read by any."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from decimal import Decimal

from twsbridge.fills import Fill, fill_of
from twsbridge.protocol.models import Commission, OrderState
from twsbridge.stream_event import StreamEvent


class Progress:
    """Fed with replies and events in any order; an older state never replaces a newer one."""

    def __init__(self, state: OrderState) -> None:
        self.state = state
        self.events: list[StreamEvent] = []
        self._fills: dict[str, Fill] = {}
        self._changed = threading.Condition()

    @property
    def fills(self) -> list[Fill]:
        """Its fills, oldest first; a corrected one is replaced by its correction."""
        with self._changed:
            return list(self._fills.values())

    @property
    def is_complete(self) -> bool:
        """True when nothing more will happen and the fills account for all that was filled."""
        reported = sum((fill.shares for fill in self.fills), Decimal(0))
        return self.state.is_done and reported >= self.state.filled

    def update(self, state: OrderState) -> None:
        """A state, out of a reply or an event."""
        with self._changed:
            if state.updated_us >= self.state.updated_us:
                self.state = state
            self._changed.notify_all()

    def add_fill(self, fill: Fill) -> None:
        """A fill, or the correction of one."""
        with self._changed:
            known = self._fills.pop(fill.replaces, None) if fill.replaces else None
            commission = fill.commission or (known.commission if known else None)
            self._fills.setdefault(fill.exec_id, fill.model_copy(update={"commission": commission}))
            self._changed.notify_all()

    def add_commission(self, commission: Commission) -> None:
        """The commission of one of its fills."""
        with self._changed:
            if fill := self._fills.get(commission.exec_id):
                self._fills[commission.exec_id] = fill.model_copy(update={"commission": commission})
            self._changed.notify_all()

    def take(self, event: StreamEvent) -> None:
        """An event about this order."""
        if event.type == "order":
            self.update(OrderState.model_validate(event.body))
        elif event.type == "commission":
            self.add_commission(Commission.model_validate(event.body))
        else:
            self.add_fill(fill_of(event))
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for(self, is_reached: Callable[[], bool], seconds: float) -> bool:
        """Wait until something holds; False when it does not within this time."""
        deadline = time.monotonic() + seconds
        while True:
            with self._changed:
                if is_reached():
                    return True
                if (left := deadline - time.monotonic()) <= 0:
                    return False
                self._changed.wait(left)
