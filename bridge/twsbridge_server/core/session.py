"""The session towards TWS: connecting, starting, comparing, ready; lost, and back with growing pauses.

TRANSITIONS is the whole truth about its states; a missing entry means that the event changes nothing.
"""

from __future__ import annotations

from twsbridge.protocol import topics
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.events import SessionChanged
from twsbridge_server.core import calls
from twsbridge_server.core.conditions import BROKEN, OF_CODE, OVER_WHEN_READY, Conditions
from twsbridge_server.core.effects import CallTws, ConnectTws, DisconnectTws, Effect, Log
from twsbridge_server.core.gaps import Gaps
from twsbridge_server.core.inputs import ManagedAccounts, NextValidId, TwsConnected
from twsbridge_server.core.keep_alive import KeepAlive
from twsbridge_server.core.link_patience import LinkPatience
from twsbridge_server.core.logins import refusal_of_login
from twsbridge_server.core.rights import is_paper
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.settings import CoreSettings

DISCONNECTED = "DISCONNECTED"
CONNECTING = "CONNECTING"
STARTING = "STARTING"
RECONCILING = "RECONCILING"
READY = "READY"
LINK_DOWN = "LINK_DOWN"
REFUSED = "REFUSED"

UP = frozenset({RECONCILING, READY, LINK_DOWN})
"""States in which TWS answers requests."""

TRANSITIONS: dict[str, dict[str, str]] = {
    "connect": {DISCONNECTED: CONNECTING, REFUSED: CONNECTING},
    "connected": {CONNECTING: STARTING},
    "started": {STARTING: RECONCILING},
    "refused": {STARTING: REFUSED, RECONCILING: REFUSED, READY: REFUSED, LINK_DOWN: REFUSED},
    "reconciled": {RECONCILING: READY},
    "untold": {RECONCILING: RECONCILING},
    "link_lost": {RECONCILING: LINK_DOWN, READY: LINK_DOWN},
    "link_back": {LINK_DOWN: RECONCILING, READY: RECONCILING},
    "lost": {state: DISCONNECTED for state in (CONNECTING, STARTING, RECONCILING, READY, LINK_DOWN)},
}
"""event -> {state: next state}."""

DOUBTED = "TWS has not said yet that it has its connection to IB again"
DESUPPORTED = 2172

TROUBLES = {
    100: "The bridge went over TWS's limit on messages per second",
    326: "Another API client uses this client id: end it, or start the bridge with another --client-id",
    1300: "The socket port of TWS was changed: start the bridge with --tws HOST:PORT of the new one",
    10141: "Somebody has to accept the paper trading disclaimer at TWS",
}
"""Codes after which TWS ends the session, with what the operator has to know or do."""


class Session:
    """State of the TWS session. Times in microseconds. `fault`: why the journal cannot be written, if it cannot.

    `refused`: why the last login was refused; it stands, and is not said again, while the bridge looks whether it is
    still the same one.
    """

    def __init__(self, settings: CoreSettings, sequencer: Sequencer, fault: str = "") -> None:
        self._settings = settings
        self._sequencer = sequencer
        self.fault = fault
        self.is_draining = False
        self.client_id = settings.client_id
        self.state = DISCONNECTED
        self.reason = "not started"
        self.server_version: int | None = None
        self.connection_time = ""
        self.accounts: tuple[str, ...] = ()
        self.read_only = False
        self.refused: WireError | None = None
        self.farms: dict[str, str] = {}
        self.farm_kinds: dict[str, str] = {}
        self._has_order_id = False
        self._attempts = 0
        self._timer: int | None = None
        self.alive = KeepAlive(settings)
        self.conditions = Conditions(sequencer)
        self.daily_restart = settings.daily_restart
        self._gaps = Gaps(sequencer)
        self._trouble = ""
        self._is_desupported = False
        self._link_fault = ""
        self.patience = LinkPatience()

    @property
    def mode(self) -> str:
        """live, paper, or unknown while no account is known."""
        if not self.accounts:
            return "unknown"
        return "paper" if all(is_paper(a) for a in self.accounts) else "live"

    @property
    def is_up(self) -> bool:
        """True while TWS answers requests."""
        return self.state in UP

    def broken_farms(self, kind: str) -> str:
        """The farms of this kind (market, history, secdef) that TWS has lost, by name; empty when it has all."""
        names = (name for name, state in self.farms.items() if state == BROKEN and self.farm_kinds.get(name) == kind)
        return ", ".join(sorted(names))

    def connect(self, now: int, soon: bool = False) -> list[Effect]:
        """Begin to connect; `soon`: after a pause, since TWS may still hold the connection before."""
        if soon:
            self._pause(now)
            return []
        self._timer = None
        said = f"connecting to TWS at {self._settings.tws_endpoint}"
        return [*self._move("connect", said, now), ConnectTws()]

    def connected(self, said: TwsConnected, now: int) -> list[Effect]:
        """The handshake is done: start the API session, and expect its first answers within a deadline.

        Of a connection that was given up in the turn that made it, it changes nothing.
        """
        if self.state != CONNECTING:
            return []
        self.server_version, self.connection_time = said.server_version, said.connection_time
        self.accounts, self._has_order_id, self.farms = (), False, {}
        self._trouble = self._link_fault = ""
        self.read_only = False
        self._timer = now + self._settings.request_timeout_us
        self.alive.begin(now)
        self._is_desupported = False
        moved = self._move("connected", "waiting for accounts and order id", now)
        disproved = [*self.conditions.end(("unreachable",), now), *self.conditions.farms(self.farms, now)]
        return [*moved, *disproved, CallTws(calls.StartApi(self.client_id))]

    def managed_accounts(self, said: ManagedAccounts, now: int) -> list[Effect]:
        """The accounts of the login; one that is not to be used (logins.py) ends the session."""
        self.accounts = tuple(account for account in said.accounts if account)
        error = refusal_of_login(self.accounts, self._settings.live_accounts, self._sequencer.heads())
        if error is None or error != self.refused:
            self.refused = None
        if error is None:
            return self._started(now)
        self._pause(now)
        moved = self._move("refused", error.msg, now)
        self.refused = error
        return [*moved, DisconnectTws(error.msg)]

    def next_valid_id(self, said: NextValidId, now: int) -> list[Effect]:
        """TWS is ready when it has said both its accounts and its next order id."""
        self._has_order_id = True
        return self._started(now)

    def reconciled(self, complete: bool, now: int, untold: str = "") -> list[Effect]:
        """Orders and executions were compared with TWS. `untold`: what is still missing before it can be READY."""
        if untold and self.state == RECONCILING:
            return self._move("untold", untold, now) if untold != self.reason else []
        self._attempts = 0
        self.patience.proven()
        said = "ready" if complete else "ready; TWS did not confirm that its list of orders or executions was complete"
        over = OVER_WHEN_READY if self._is_desupported else (*OVER_WHEN_READY, "desupported")
        return [*self._move("reconciled", said, now), *self.conditions.end(over, now)]

    def resumed(self, data_lost: bool, now: int) -> list[Effect]:
        """Tell subscribers that the gap is over, if there was one."""
        return self._gaps.end(data_lost, now)

    def lost(self, reason: str, now: int, cause: str = "") -> list[Effect]:
        """The connection is gone: try again after a pause that grows. `cause` is a condition, where one is known."""
        if self.state in (REFUSED, DISCONNECTED):
            return []
        if self.state == STARTING and not self._trouble:
            cause = "login_pending"
        self.refused = None
        self.patience.stop()
        noted = [*self.conditions.end(("link_down",), now)]
        if cause:
            noted += self.conditions.begin(cause, reason, now)
        self._pause(now)
        reason, self._trouble = f"{self._trouble} {reason}".strip(), ""
        gap = self.gap(reason, self.alive.heard_us, now) if self.is_up else []
        return [*noted, *gap, *self._move("lost", reason, now)]

    def trouble(self, code: int, text: str, now: int) -> list[Effect]:
        """TWS says what stands in the way, perhaps the reason of the loss that follows."""
        if code in TROUBLES:
            self._trouble = f"{TROUBLES[code]}. TWS says ({code}): {text}"
        self._is_desupported = self._is_desupported or code == DESUPPORTED
        return self.conditions.begin(OF_CODE[code], text, now) if code in OF_CODE else []

    def link_lost(self, text: str, now: int) -> list[Effect]:
        """1100, 2110: TWS is here, IB is not."""
        self._link_fault = text
        if self.is_up:
            self.patience.begin(now)
        return [*self.gap(text, now, now), *self._move("link_lost", text, now)]

    def link_back(self, text: str, now: int) -> list[Effect]:
        """1101, 1102: IB is back; orders and executions have to be compared."""
        self._link_fault = ""
        self.patience.stop()
        return self._move("link_back", text, now)

    def gap(self, reason: str, since: int, now: int) -> list[Effect]:
        """Events may be missing since then; `resumed` says when they no longer are."""
        return self._gaps.begin(reason, self.accounts, since, now)

    def due(self, now: int) -> list[Effect]:
        """Reconnect, give up on a start that hangs, ask a silent TWS whether it is there."""
        if self._timer is not None and self._timer <= now:
            if self.state in (DISCONNECTED, REFUSED):
                return self.connect(now)
            self._timer = None
            text = "TWS took the connection but sent no accounts and no order id; does it show a dialog?"
            return [DisconnectTws(text)]
        if self.patience.due_us is not None and self.patience.due_us <= now:
            return [DisconnectTws(self.patience.give_up(now))]
        doubt = self.alive.due(now) if self.is_up else []
        for effect in doubt:
            if isinstance(effect, DisconnectTws):
                return [*self.conditions.begin("unresponsive", effect.reason, now), effect]
        return doubt

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        if self._timer is not None:
            return self._timer
        dues = (self.alive.next_due() if self.is_up else None, self.patience.due_us)
        return min((due for due in dues if due is not None), default=None)

    def _pause(self, now: int) -> None:
        """The next attempt to connect comes after a pause that grows."""
        pauses = self._settings.reconnect_us
        self._timer = now + pauses[min(self._attempts, len(pauses) - 1)]
        self._attempts += 1

    def _started(self, now: int) -> list[Effect]:
        if not (self.accounts and self._has_order_id) or self.state != STARTING:
            return []
        self._timer = None
        level = "warning" if self.mode == "live" else "info"
        login = Log(level, f"this login is {self.mode.upper()}: {', '.join(self.accounts)}")
        started = self._move("started", "comparing orders and executions with TWS", now)
        if self.patience.is_doubted and not self._link_fault and "ok" not in self.farms.values():
            self._link_fault = DOUBTED
            started += self.conditions.begin("link_down", DOUBTED, now)
        return [login, *started, *(self.link_lost(self._link_fault, now) if self._link_fault else [])]

    def _move(self, event: str, reason: str, now: int) -> list[Effect]:
        following = TRANSITIONS[event].get(self.state)
        if following is None:
            return []
        self.state, self.reason = following, reason
        if self.refused is not None and following in (CONNECTING, STARTING, REFUSED):
            return []
        self.conditions.moved("" if following == READY else following, now)
        said = SessionChanged(state=following, reason=reason)
        level = _LEVELS.get(following, "info")
        return [
            Log(level, f"session {following}: {reason}"),
            *self._sequencer.event(topics.SYSTEM, said, now),
        ]


_LEVELS = {DISCONNECTED: "warning", LINK_DOWN: "warning", REFUSED: "error"}
