"""TWS's limits on requests for bars of 30 seconds and less; longer bars have none.

Breaking them gives error 162 "pacing violation", and the end of the session when it goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import NamedTuple

from twsbridge.protocol.bar_sizes import SMALL
from twsbridge_server.core.calls import ReqHistoricalData
from twsbridge_server.core.queries.questions import HistoricalTicks

SECOND = 1_000_000
KEPT_FOR_INTERACTIVE = 10
"""Of the 60 requests in ten minutes; bulk downloads leave them to people who wait."""

MOST_OPEN = 45
"""TWS takes 50 at once; streams of bars that stay up to date count too."""


def _weight(call: ReqHistoricalData) -> int:
    """Bid and ask are two requests to TWS."""
    return 2 if call.what_to_show == "BID_ASK" else 1


class Limit(NamedTuple):
    """At most `most` in any `span_us` among the requests that have the same `group`, `spare` less for bulk."""

    span_us: int
    most: int
    group: Callable[[ReqHistoricalData], Hashable]
    weight: Callable[[ReqHistoricalData], int] = _weight
    spare: int = 0


MARGIN = SECOND // 4
"""The way to TWS takes now longer, now shorter: what left so far apart may arrive a little closer together."""

LIMITS = (
    Limit(15 * SECOND + MARGIN, 1, lambda call: call, lambda call: 1),
    Limit(2 * SECOND + MARGIN, 5, lambda call: (call.contract.con_id, call.contract.exchange, call.what_to_show)),
    Limit(600 * SECOND + MARGIN, 60, lambda call: None, spare=KEPT_FOR_INTERACTIVE),
)
"""No identical request within 15 s; fewer than 6 for one contract within 2 s; 60 within 10 minutes."""

LONGEST_US = max(limit.span_us for limit in LIMITS)


@dataclass(slots=True)
class _Asked:
    at_us: int
    call: ReqHistoricalData
    has_left: bool = False


class HistoryPacing:
    """Remembers what was asked in the last ten minutes, and counts what is open. Calls are compared with req_id 0."""

    def __init__(self) -> None:
        self._asked: list[_Asked] = []
        self.open_requests = 0
        self.open_streams = 0

    @property
    def is_full(self) -> bool:
        """Whether as many are open as TWS takes at once."""
        return self.open_requests + self.open_streams >= MOST_OPEN

    def free_at(self, call: ReqHistoricalData, now: int, is_bulk: bool = False) -> int:
        """The instant from which this may be asked; `now` means at once."""
        if call.bar_size not in SMALL:
            return now
        self._asked = [asked for asked in self._asked if 0 <= now - asked.at_us < LONGEST_US]
        return max(now, *(self._free_at(limit, call, is_bulk) for limit in LIMITS))

    def passed(self, call: ReqHistoricalData, now: int) -> None:
        """It is asked now."""
        if call.bar_size in SMALL:
            self._asked.append(_Asked(now, call))

    def sent(self, call: ReqHistoricalData | HistoricalTicks, now: int) -> None:
        """It leaves for TWS only now: the limit on messages may have held it back."""
        if call.bar_size not in SMALL:
            return
        same = replace(call, req_id=0)
        for asked in self._asked:
            if asked.call == same and not asked.has_left:
                asked.at_us, asked.has_left = now, True
                return

    def _free_at(self, limit: Limit, call: ReqHistoricalData, is_bulk: bool) -> int:
        """When the newest request that leaves no room for this one drops out of the span."""
        group, used = limit.group(call), limit.weight(call) + (limit.spare if is_bulk else 0)
        for asked in sorted(self._asked, key=lambda each: -each.at_us):
            if limit.group(asked.call) == group:
                used += limit.weight(asked.call)
                if used > limit.most:
                    return asked.at_us + limit.span_us
        return 0
