"""What follows from a journal that is an older copy: it may lack orders that are at TWS, whose keys it would take anew.

TWS has to show all it has in one complete sweep before an order is taken. It lists the orders of its day alone; when
the copy is older than that, no one can tell which keys were used, and everything is HALTED until an admin decides.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from twsbridge.protocol.models import Halt
from twsbridge_server.core.effects import AppendJournal, Effect, ProvenRow
from twsbridge_server.core.limits.switch import KillSwitch
from twsbridge_server.core.placements import Placements
from twsbridge_server.core.restored import Lost
from twsbridge_server.core.session import Session
from twsbridge_server.core.zones import zone

RULE = "rule:older_copy"

NOT_TOLD = (
    "The journal is an older copy, and TWS did not confirm the end of all its lists of orders and executions. "
    "Orders are taken once it does; an admin can do without it: `twsbridge resume`"
)

UNTOLD = (
    "The journal is an older copy, and TWS no longer lists all orders placed after {since}. A client that repeats the "
    "client_order_id of one of them would place it again. Compare with TWS's records, see that no client does, resume"
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class OlderCopy:
    """`is_open` until TWS has told everything, across restarts."""

    def __init__(self, lost: Lost | None, session: Session, placements: Placements, switch: KillSwitch) -> None:
        self._lost = lost
        self._session = session
        self._placements = placements
        self._switch = switch

    @property
    def is_open(self) -> bool:
        """True while orders may be at TWS of which nothing is known here."""
        return self._lost is not None

    def told(self, now: int) -> list[Effect]:
        """A sweep was complete: all that TWS lists is known. What it does not list any more stays unknown."""
        if self._lost is None:
            return []
        since_us = self._lost.since_us
        effects = self._settle(self._lost, now)
        if _is_same_day(since_us, now, self._session.connection_time):
            return effects
        since = f"{_EPOCH + timedelta(microseconds=since_us):%Y-%m-%d %H:%M} UTC" if since_us else "it was made"
        halt = Halt(scope="global", reason=UNTOLD.format(since=since), by=RULE)
        return [*effects, *self._switch.set(halt, now)]

    def waived(self, now: int) -> list[Effect]:
        """An admin takes orders without TWS's word; the sweep that goes on makes the session ready."""
        return [] if self._lost is None else self._settle(self._lost, now)

    def _settle(self, lost: Lost, now: int) -> list[Effect]:
        self._lost = None
        self._placements.keeps_shown = False
        return [AppendJournal(ProvenRow(max(now, lost.found_us)))]


def _is_same_day(since_us: int, now: int, connection_time: str) -> bool:
    """TWS's day begins at midnight of its own zone, the last word of its greeting."""
    known = zone(connection_time.partition(" ")[2].partition(" ")[2])
    return known is not None and _day(since_us, known) == _day(now, known)


def _day(instant_us: int, where: tzinfo) -> object:
    return (_EPOCH + timedelta(microseconds=instant_us)).astimezone(where).date()
