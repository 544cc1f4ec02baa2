"""The watch over quiet lines: marks them stale, and asks TWS for them once more, while their market is open.

Hours are asked for when they matter, which is when a line is quiet. Where TWS does not tell them, nothing else is said.
"""

from __future__ import annotations

from functools import partial

from twsbridge.protocol.errors import WireError
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.line import Line
from twsbridge_server.core.lines import Lines
from twsbridge_server.core.session import LINK_DOWN, Session
from twsbridge_server.core.staleness import SECOND, Pace, floor_us
from twsbridge_server.core.trading_hours import UNKNOWN, Phase, TradingHours

DELAYED, FROZEN = 3, (2, 4)
DELAY_US = 20 * 60 * SECOND
"""Delayed data tell of the market of a quarter of an hour ago, and a little more."""

HALTED = 49
HISTORY_KINDS = frozenset({"live"})
"""Fed by the farms of historical data; the others by those of market data."""

AT_ONCE = 5
"""So many lines are asked for again in one look: TWS takes 50 messages a second, and others wait too."""

KEEP_US = 3600 * SECOND
"""Hours are looked up again after this: they change from day to day."""

ASK_AGAIN_US = 600 * SECOND
"""Hours that TWS did not tell are asked for again after this."""


class LineWatch:
    """Looks at every open line about once a second. `stale_us`: the least silence that counts; 0 for no watch."""

    def __init__(self, stale_us: int, lines: Lines, contracts: Contracts, session: Session) -> None:
        self._stale_us = stale_us
        self._lines = lines
        self._contracts = contracts
        self._session = session
        self._paces: dict[str, Pace] = {}
        self._hours: dict[Contract, TradingHours | None] = {}
        self._ask_us: dict[Contract, int] = {}
        self._well_us = {"market": 0, "history": 0}
        self._asked_now = 0

    def look(self, now: int) -> list[Effect]:
        """Mark what is stale; ask again for what stays so."""
        if not self._stale_us:
            return []
        if not self._session.is_up or self._session.state == LINK_DOWN:
            self._well_us = dict.fromkeys(self._well_us, now)
            return []
        self._asked_now = 0
        for kind in self._well_us:
            if self._session.broken_farms(kind):
                self._well_us[kind] = now
        watched = self._lines.watched()
        self._paces = {line.key: self._paces.get(line.key) or Pace() for line in watched}
        wanted = {_asked_for(line) for line in watched}
        self._hours = {each: hours for each, hours in self._hours.items() if each in wanted}
        self._ask_us = {each: at for each, at in self._ask_us.items() if each in wanted}
        return [effect for line in watched for effect in self._look_at(line, now)]

    def _look_at(self, line: Line, now: int) -> list[Effect]:
        pace = self._paces[line.key]
        pace.observe(line.req_id, line.heard_us, now, self._stale_us)
        kind = "history" if line.kind in HISTORY_KINDS else "market"
        farms = self._session.broken_farms(kind)
        least = floor_us(self._stale_us, "open", bool(farms)) or 0
        if pace.silent_us(0, now) < least or line.market_data_type in FROZEN or line.last(HALTED) in (1, 2):
            return []
        asked = self._ask_hours(line, now)
        phase = self._phase(line, now)
        line.market = phase.market
        floor = floor_us(self._stale_us, phase.market, bool(farms))
        if floor is None:
            return asked
        since = phase.since_us if farms else max(phase.since_us, self._well_us[kind])
        silent, limit = pace.silent_us(since, now), pace.limit_us(floor)
        if silent < limit:
            return asked
        gap = line.interruption.gap
        if gap is None or farms not in gap.reason:
            return [*asked, *line.interrupted(_reason(silent, phase, farms), now, data_lost=bool(farms))]
        if farms or line.error is not None or silent < 2 * limit or self._asked_now >= AT_ONCE:
            return asked
        self._asked_now += 1
        pace.in_vain += 1
        return [*asked, *self._lines.outages.ask_again(line, _again(silent, phase), now)]

    def _phase(self, line: Line, now: int) -> Phase:
        hours = self._hours.get(_asked_for(line))
        if hours is None:
            return UNKNOWN
        phase = hours.phase(now)
        if line.market_data_type != DELAYED or phase.market == "closed":
            return phase
        then = hours.phase(now - DELAY_US)
        return then._replace(since_us=then.since_us + DELAY_US)

    def _ask_hours(self, line: Line, now: int) -> list[Effect]:
        """Ask for the hours of the contract, unless they are known or were asked for lately."""
        contract = _asked_for(line)
        if now < self._ask_us.get(contract, 0):
            return []
        self._ask_us[contract] = now + ASK_AGAIN_US
        return self._contracts.resolve(contract, partial(self._told, contract), now)

    def _told(self, contract: Contract, match: ContractDetails | WireError, now: int) -> list[Effect]:
        if isinstance(match, ContractDetails):
            self._hours[contract] = TradingHours(match)
            self._ask_us[contract] = now + KEEP_US
        return []


def _asked_for(line: Line) -> Contract:
    return Contract(con_id=line.contract.con_id, exchange=line.contract.exchange)


def _reason(silent_us: int, phase: Phase, farms: str) -> str:
    if farms:
        return f"Nothing has come for {silent_us // SECOND} s, and TWS has lost its connection to {farms}"
    return f"Nothing has come for {silent_us // SECOND} s, longer than usual, while the market is {_words(phase)}"


def _again(silent_us: int, phase: Phase) -> str:
    return f"Asked for anew: nothing came for {silent_us // SECOND} s while the market is {_words(phase)}"


def _words(phase: Phase) -> str:
    return "open, outside of regular hours" if phase.market == "extended" else "open"
