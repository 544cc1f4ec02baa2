"""What TWS lets a login ask of its historical data: the rules for small bars and ticks, and for open queries."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from twssim.history_request import BAR_SECONDS
from twssim.scheduler import Scheduler

if TYPE_CHECKING:
    from twssim.session import Session

VIOLATION = "Historical Market Data Service error message:Historical data request pacing violation"
SMALL_SECONDS = 30
LONGEST = 600.0


class Query(NamedTuple):
    """What the rules look at: `same` is equal for identical requests, `series` for those of one kind of data."""

    same: Hashable
    series: Hashable
    weight: int


class Rule(NamedTuple):
    """At most `most` in any `seconds` of what has the same `group` ("" for all); `weighs` counts bid and ask as two."""

    seconds: float
    most: int
    group: str
    weighs: bool = True


class HistoryPacing:
    """The queries of the last ten minutes that were let through."""

    def __init__(self, scheduler: Scheduler, in_ten_minutes: int) -> None:
        self._scheduler = scheduler
        self._asked: deque[tuple[float, Query]] = deque()
        self._rules = (
            Rule(15.0, 1, "same", weighs=False),
            Rule(2.0, 5, "series"),
            Rule(LONGEST, in_ten_minutes, ""),
        )

    def allows(self, query: Query) -> bool:
        """Whether this query is within every rule; it counts if it is."""
        now = self._scheduler.now
        while self._asked and self._asked[0][0] <= now - LONGEST:
            self._asked.popleft()
        if any(self._breaks(rule, query) for rule in self._rules):
            return False
        self._asked.append((now, query))
        return True

    def _breaks(self, rule: Rule, query: Query) -> bool:
        since = self._scheduler.now - rule.seconds
        recent: Iterable[Query] = (asked for at, asked in self._asked if at > since)
        group = getattr(query, rule.group, None)
        counted = [each for each in recent if getattr(each, rule.group, None) == group]
        return sum(each.weight if rule.weighs else 1 for each in (*counted, query)) > rule.most


def small_bars(bar_size: str) -> bool:
    """Whether the rules are about bars of this size."""
    return BAR_SECONDS.get(bar_size, LONGEST) <= SMALL_SECONDS


def is_refused(session: Session, req_id: int, query: Query | None) -> bool:
    """Refuse a query that breaks a rule; None is one that only counts among the open ones."""
    gateway, settings = session.gateway, session.gateway.settings
    if not settings.historical_pacing:
        return False
    if sum(len(each.subscriptions.bars) for each in gateway.sessions) >= settings.historical_open_requests:
        most = settings.historical_open_requests
        session.failed(req_id, f"Only {most} simultaneous API historical data requests are allowed.")
        gateway.ledger.append("pacing", client_id=session.client_id, req_id=req_id)
        return True
    if query is not None and not gateway.history_pacing.allows(query):
        session.error(req_id, 162, VIOLATION)
        gateway.ledger.append("pacing", client_id=session.client_id, req_id=req_id)
        return True
    return False
