"""The daily restart of TWS: orders sent in the seconds before it may be lost, so none is taken then."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

LEAD = timedelta(seconds=30)
TAIL = timedelta(seconds=60)
"""TWS may be late; once it is down, the session's own state speaks."""


class DailyRestart(NamedTuple):
    """When TWS restarts itself, on the clock of `zone`: daylight saving moves it."""

    at: time
    zone: ZoneInfo

    def ends_us(self, now: int) -> int | None:
        """When the window ends in which `now` is; None outside of it."""
        instant = datetime.fromtimestamp(now / 1e6, UTC)
        for days in (-1, 0, 1):
            day = instant.astimezone(self.zone).date() + timedelta(days=days)
            restart = datetime.combine(day, self.at, self.zone).astimezone(UTC)
            if restart - LEAD <= instant < restart + TAIL:
                return round((restart + TAIL).timestamp() * 1e6)
        return None
