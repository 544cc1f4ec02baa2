"""A gap in one line of market data: since when rows may be missing, and whether they are gone for good."""

from __future__ import annotations

from twsbridge.protocol.line_state import LineGap, LineResumed


class Interruption:
    """`gap` is None while there is none. `is_anew`: TWS was asked again, and its rows replace what was known."""

    def __init__(self) -> None:
        self.gap: LineGap | None = None
        self.is_anew = False
        self._data_lost = False

    def begin(self, reason: str, since: int, data_lost: bool = True) -> None:
        """From `since` on rows may be missing; a gap that there is goes on, for the newer reason."""
        if self.gap is not None:
            since = self.gap.since_us
        self.gap = LineGap(since_us=since, reason=reason)
        self._data_lost = self._data_lost or data_lost

    def asked_anew(self) -> None:
        """TWS has a new request for the line."""
        self.is_anew = self.gap is not None

    def end(self) -> LineResumed | None:
        """The gap is over; None when there was none."""
        gap, data_lost = self.gap, self._data_lost
        self.gap, self._data_lost, self.is_anew = None, False, False
        return LineResumed(since_us=gap.since_us, data_lost=data_lost) if gap else None
