"""What stands in the way of trading, under stable codes: published when it begins and ends, and shown in the status."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from twsbridge.protocol import topics
from twsbridge.protocol.events import ConditionChanged
from twsbridge.protocol.models import Condition
from twsbridge_server.core.answers import LAST_ORDER_ID
from twsbridge_server.core.effects import Effect, Log
from twsbridge_server.core.sequencer import Sequencer


class Meaning(NamedTuple):
    """What the bridge does about a condition, and what a person can do."""

    does: str
    do: str = ""


TRIES_AGAIN = "The bridge tries again with growing pauses, at most 30 s."

MEANINGS: dict[str, Meaning] = {
    "unreachable": Meaning(TRIES_AGAIN, "Start TWS or IB Gateway, and compare its API port with --tws."),
    "login_pending": Meaning(
        TRIES_AGAIN, "Look at the screen of TWS: a login, a second factor or a dialog may wait. Else restart it."
    ),
    "unresponsive": Meaning(TRIES_AGAIN, "If it comes again and again, restart TWS or IB Gateway."),
    "client_id_in_use": Meaning(
        f"It never takes another client id, since orders belong to it. {TRIES_AGAIN}",
        "End the other program with this client id. After a crash TWS lets it go by itself within minutes.",
    ),
    "port_changed": Meaning(TRIES_AGAIN, "Start the bridge with --tws HOST:PORT of the new port."),
    "disclaimer": Meaning(TRIES_AGAIN, "Accept the paper trading disclaimer at TWS."),
    "rate_limited": Meaning("It sends fewer messages than TWS allows.", "Report it with the log."),
    "link_down": Meaning(
        "It refuses orders and changes, sends cancels, goes on listening, and compares all when IB is back.",
        "If it lasts, look at IB's system status and at the network of TWS.",
    ),
    "outage": Meaning(
        "It goes on trying, and says so again each minute. Orders are refused until everything is compared with TWS.",
        "It does not pass by itself any more: look at TWS, at its network and at IB's system status.",
    ),
    "farm_broken": Meaning("It waits: TWS connects again by itself.", "If it lasts, look at IB's system status."),
    "competing_session": Meaning(
        "It waits: the data come back by themselves.", "Log the other session of this user out, or share it."
    ),
    "desupported": Meaning("Nothing: it works until the date named.", "Update TWS or IB Gateway before that date."),
    "order_ids_used_up": Meaning(
        "It refuses new orders, which TWS would take for changes of old ones.",
        "With no open orders: TWS, API settings, Reset API order ID sequence. Or another --client-id.",
    ),
    "client_banned": Meaning(
        "It has cut the client off and lets it connect again after a minute.", "Look at what that client does."
    ),
    "restart_window": Meaning("It refuses new orders and changes: what is sent just before TWS restarts may be lost."),
}
"""Every condition there is."""

OF_CODE: dict[int, str] = {
    100: "rate_limited",
    326: "client_id_in_use",
    1100: "link_down",
    1300: "port_changed",
    2110: "link_down",
    2172: "desupported",
    10141: "disclaimer",
}
"""TWS's code -> the condition that begins with it."""

OVER_WHEN_READY = (
    "unreachable", "login_pending", "unresponsive", "client_id_in_use", "port_changed", "disclaimer", "rate_limited",
    "link_down", "outage",
)  # fmt: skip
"""A session that is ready disproves these."""

BROKEN = "broken"

OUTAGE_US = 60_000_000
"""A session that is not ready for so long, outside the daily restart of TWS, will hardly be by itself."""


class Conditions:
    """Those that hold now."""

    def __init__(self, sequencer: Sequencer) -> None:
        self._sequencer = sequencer
        self._holding: dict[str, Condition] = {}
        self._away, self._away_since_us = "", 0

    def begin(self, code: str, text: str, now: int) -> list[Effect]:
        """It holds; what holds already is published again only when its words change."""
        known = self._holding.get(code)
        since = known.since_us if known else now
        condition = Condition(code=code, text=text, since_us=since, **MEANINGS[code]._asdict())
        if condition == known:
            return []
        self._holding[code] = condition
        return self._sequencer.event(topics.SYSTEM, ConditionChanged(**dict(condition)), now)

    def end(self, codes: Iterable[str], now: int) -> list[Effect]:
        """They hold no more, those that did."""
        ended = [self._holding.pop(code) for code in codes if code in self._holding]
        events = [ConditionChanged(**dict(condition), active=False) for condition in ended]
        return [effect for event in events for effect in self._sequencer.event(topics.SYSTEM, event, now)]

    def hold(self, code: str, text: str, holds: bool, now: int) -> list[Effect]:
        """Begin or end, as it is."""
        return self.begin(code, text, now) if holds else self.end((code,), now)

    def farms(self, farms: dict[str, str], now: int) -> list[Effect]:
        """Which data farms are broken."""
        broken = ", ".join(sorted(name for name, state in farms.items() if state == BROKEN))
        return self.hold("farm_broken", f"TWS has lost its connection to {broken}", bool(broken), now)

    def banned(self, clients: Iterable[str], now: int) -> list[Effect]:
        """Which clients are shut out for a while, and why."""
        text = "; ".join(f"Client {client}" for client in clients)
        return self.hold("client_banned", text, bool(text), now)

    def order_ids(self, next_id: int, now: int) -> list[Effect]:
        """Whether TWS's next order id is one that this bridge may give out."""
        text = f"TWS's next order id is {next_id}; above {LAST_ORDER_ID} the bridge has none"
        return self.hold("order_ids_used_up", text, next_id > LAST_ORDER_ID, now)

    def watch(self, is_restarting: bool, is_competing: bool, now: int) -> list[Effect]:
        """Once a second: what begins and ends by the clock, or by what the lines of market data say."""
        restarting = "TWS is about to restart, as it does each day"
        competing = "Another session of this user takes the market data"
        return [
            *self.hold("restart_window", restarting, is_restarting, now),
            *self.hold("competing_session", competing, is_competing, now),
            *self._outage(is_restarting, now),
        ]

    def moved(self, away: str, now: int) -> None:
        """The session is `away` in this state, or ready when that is empty."""
        self._away, self._away_since_us = away, (self._away_since_us if self._away else now)

    def _outage(self, is_restarting: bool, now: int) -> list[Effect]:
        """Escalate what lasts: said when it has lasted a minute, and again with each further one."""
        minutes = (now - self._away_since_us) // OUTAGE_US
        if not self._away or not minutes or is_restarting:
            return []
        said = self.begin("outage", f"The session with TWS has been {self._away} for {minutes} min", now)
        return [Log("error", self._holding["outage"].text), *said] if said else []

    def rows(self) -> list[Condition]:
        """All that hold, oldest first."""
        return list(self._holding.values())
